import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { SourceLedger } from "../ports.ts";
import type { Hook } from "../standing.ts";
import { unlessRefused } from "./conditional.ts";

/**
 * What is remembered of a source, at `pk = source#<name>`: its cursor (`sk = cursor`), moved by
 * compare-and-swap over a counted turn, and beside it what its looks came to (`standing`, with a
 * counter `skipped:<reason>` each), its service's subscription (`hook`) and how writing back goes
 * (`write-back`). What the source has not taken back is at `pk = unwritten#<name>`, by picture.
 */
export function sourceLedger(
  client: DynamoDBDocumentClient,
  table: string,
  name: string,
  now: () => Date = () => new Date(),
): SourceLedger {
  const key = (sk: SourceItem) => ({ pk: `source#${name}`, sk });
  // Not beside the rest, which whoever asks how the source stands reads whole.
  const unwrittenKey = (pictureId: string) => ({ pk: `unwritten#${name}`, sk: pictureId });
  const read = async (sk: SourceItem) =>
    (await client.send(new GetCommand({ TableName: table, Key: key(sk), ConsistentRead: true }))).Item;
  const update = async (sk: SourceItem, change: Change) =>
    (await client.send(new UpdateCommand({ TableName: table, Key: key(sk), ...expressionsOf(change) }))).Attributes;

  return {
    async load() {
      const item = await read("cursor");
      return { cursor: item?.["cursor"] as string | undefined, turn: Number(item?.["turn"] ?? 0) };
    },
    async move(turn, cursor) {
      const set = { cursor, turn: turn + 1, movedAt: now().toISOString() };
      const when = turn === 0 ? "attribute_not_exists(#turn)" : "#turn = :expected";
      return unlessRefused(update("cursor", { set, when, values: turn === 0 ? {} : { ":expected": turn } }));
    },
    async begin(at, until, call) {
      // A call that comes from now on is one for the look after this.
      const begun = { set: { beganAt: at, busyUntil: until }, remove: ["calledAgainUntil"] };
      if (call === undefined) {
        await update("standing", begun);
        return "begun";
      }
      const when =
        "attribute_not_exists(#beganAt) OR (#beganAt < :sentAt AND #beganAt <= :rested AND (attribute_not_exists(#busyUntil) OR #busyUntil < :beganAt))";
      const values = { ":sentAt": call.sentAt, ":rested": call.rested };
      if (await unlessRefused(update("standing", { ...begun, when, values }))) return "begun";
      const { beganAt = "" } = (await read("standing")) ?? {};
      if (beganAt >= call.sentAt) return "answered";
      const again = {
        set: { calledAgainUntil: call.againUntil },
        when: "attribute_not_exists(#calledAgainUntil) OR #calledAgainUntil <= :at",
        values: { ":at": at },
      };
      return (await unlessRefused(update("standing", again))) ? "soon" : "waiting";
    },
    async report({ at, deleted, skipped, trouble, ...tick }) {
      const counts = Object.entries(skipped).map(([reason, count]) => [skippedPrefix + reason, count] as const);
      const last = { lastLook: { at, ...tick, deleted }, lastSkipped: skipped };
      const kept = await update("standing", {
        // Failing since the first of the looks in a row that ended in trouble.
        set: { ...last, ...(trouble ? { trouble } : { wellAt: at }) },
        setOnce: trouble ? { failingSince: at } : {},
        remove: trouble ? ["busyUntil"] : ["busyUntil", "trouble", "failingSince"],
        add: { deleted, ...Object.fromEntries(counts) },
        answer: true,
      });
      return { failingSince: kept?.["failingSince"] as string | undefined };
    },
    async taken() {
      await update("standing", { add: { taken: 1 } });
    },
    async failed(failure, again) {
      await update("standing", { set: { failure }, add: again ? {} : { failed: 1 } });
    },
    hook: async () => (await read("hook"))?.["hook"] as Hook | undefined,
    async keepHook(hook) {
      await update("hook", { set: { hook } });
    },
    async wroteBack(trouble) {
      if (trouble) await update("write-back", { set: { trouble }, setOnce: { since: trouble.at } });
      else await update("write-back", { add: { written: 1 }, remove: ["trouble", "since"] });
    },
    async keepUnwritten(pictureId) {
      await client.send(new PutCommand({ TableName: table, Item: unwrittenKey(pictureId) }));
    },
    async unwritten(after) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "#pk = :pk AND #sk > :after",
          ExpressionAttributeNames: { "#pk": "pk", "#sk": "sk" },
          ExpressionAttributeValues: { ":pk": unwrittenKey("").pk, ":after": after },
          ConsistentRead: true,
          Limit: 25,
        }),
      );
      return Items.map(({ sk }) => String(sk));
    },
    async dropUnwritten(pictureId) {
      await client.send(new DeleteCommand({ TableName: table, Key: unwrittenKey(pictureId) }));
    },
  };
}

/** What a reason's counter is called after. */
export const skippedPrefix = "skipped:";

export type SourceItem = "cursor" | "standing" | "hook" | "write-back";

interface Change {
  readonly set?: Readonly<Record<string, unknown>>;
  /** Left as it is where it is there. */
  readonly setOnce?: Readonly<Record<string, unknown>>;
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
  /** May name the attributes that are changed, as `#name`, and their new values, as `:name`. */
  readonly when?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  /** Have the item as it is then. */
  readonly answer?: true;
}

function expressionsOf({ set = {}, setOnce = {}, add = {}, remove = [], when, values = {}, answer }: Change) {
  const all = { ...set, ...setOnce, ...add };
  // Reasons are no names that an expression could hold.
  const aliases = new Map([...Object.keys(all), ...remove].map((name) => [name, name.replace(/[^a-zA-Z]/g, "_")]));
  const [field, value] = [(name: string) => `#${aliases.get(name)}`, (name: string) => `:${aliases.get(name)}`];
  const sets = [
    ...Object.keys(set).map((name) => `${field(name)} = ${value(name)}`),
    ...Object.keys(setOnce).map((name) => `${field(name)} = if_not_exists(${field(name)}, ${value(name)})`),
  ];
  const adds = Object.keys(add).map((name) => `${field(name)} ${value(name)}`);
  const parts = { SET: sets, ADD: adds, REMOVE: remove.map(field) };
  return {
    UpdateExpression: Object.entries(parts)
      .filter(([, each]) => each.length > 0)
      .map(([word, each]) => `${word} ${each.join(", ")}`)
      .join(" "),
    ConditionExpression: when,
    ExpressionAttributeNames: Object.fromEntries([...aliases].map(([name, alias]) => [`#${alias}`, name])),
    ExpressionAttributeValues: orNone({
      ...Object.fromEntries(Object.entries(all).map(([name, given]) => [value(name), given])),
      ...values,
    }),
    ReturnValues: answer && ("ALL_NEW" as const),
  };
}

const orNone = (values: Record<string, unknown>) => (Object.keys(values).length > 0 ? values : undefined);
