import { endedBy } from "./moving.ts";
import type { Actor, Status } from "./record.ts";

/** A change or call that Lambda gave up, as it lies in the dead-letters bucket. */
export interface Letter {
  readonly key: string;
  /** Who could not work on it, such as `resize`. */
  readonly actor: string;
  readonly reason: LetterReason;
  /** Of an actor of the stack's own (docs/actors.md): what it could not work on, to be given to it again. */
  readonly call?: Call;
  /** When it was given up, ISO 8601. */
  readonly at: string;
  /** As they stood then, or whose reminder had run out; none where it was no change of a picture. */
  readonly pictures: readonly { readonly pictureId: string; readonly status: Status | "reminded" }[];
}

/** What a function is called with. */
export interface Call {
  /** Its name. */
  readonly function: string;
  readonly event: unknown;
}

/** An actor of the stack's own, and its function. */
export interface OwnActor {
  readonly name: string;
  readonly function: string;
}

/** It failed as often as it may, or waited longer than it may. */
export type LetterReason = "RETRIES_SPENT" | "TOO_OLD";

export interface DeadLetters {
  /** By key; from after a key on. */
  page(asked: { readonly after?: string; readonly limit: number }): Promise<{
    readonly letters: readonly Letter[];
    /** The last key looked at; absent on the last page. */
    readonly next?: string;
  }>;
  remove(key: string): Promise<void>;
}

/**
 * Reads what Lambda writes to an on-failure destination: of a stream's mapping the whole event as
 * `payload`, of an asynchronous call its `requestPayload`.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-errors.html
 */
export function letterOf(key: string, text: string, ownActors: readonly OwnActor[] = []): Letter {
  const { timestamp, requestContext, payload, requestPayload } = JSON.parse(text) as Body;
  const reason = tooOld.has(requestContext?.condition ?? "") ? "TOO_OLD" : "RETRIES_SPENT";
  const common = { key, reason, at: timestamp ?? "" } as const;
  // Of an asynchronous call it ends in `:$LATEST`.
  const called = requestContext?.functionArn?.split(":")[6];
  const own = ownActors.find((each) => each.function === called);
  if (own !== undefined) {
    const event = payload === undefined ? requestPayload : (JSON.parse(payload) as unknown);
    const pictures = ((event as StreamEvent).Records ?? []).flatMap(picturesIn);
    return { ...common, actor: own.name, pictures, call: { function: own.function, event } };
  }
  if (payload === undefined) return { ...common, actor: calledBy(requestPayload), pictures: [] };
  const { Records = [] } = JSON.parse(payload) as StreamEvent;
  return { ...common, actor: wokenBy(Records[0]?.dynamodb), pictures: Records.flatMap(picturesIn) };
}

/** Reads a change that was announced to an actor in vain. What cannot be read names no picture. */
export function announcedLetter(actor: string, key: string, text: string): Letter {
  const change = announcedIn(text)?.dynamodb;
  const at = change?.NewImage?.["changedAt"]?.S ?? "";
  return {
    key,
    actor,
    reason: "RETRIES_SPENT",
    at,
    pictures: change === undefined ? [] : picturesIn({ dynamodb: change }),
  };
}

function announcedIn(text: string): { readonly dynamodb?: Change } | undefined {
  try {
    return Object(JSON.parse(text)) as { readonly dynamodb?: Change };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const tooOld: ReadonlySet<string> = new Set(["RecordAgeExceeded", "EventAgeExceeded"]);

interface Body {
  readonly timestamp?: string;
  readonly requestContext?: { readonly condition?: string; readonly functionArn?: string };
  readonly payload?: string;
  readonly requestPayload?: unknown;
}

interface StreamEvent {
  readonly Records?: readonly {
    readonly dynamodb?: Change;
  }[];
}

interface Change {
  readonly NewImage?: Image;
  readonly OldImage?: Image;
}

interface Value {
  readonly S?: string;
  readonly M?: Image;
}
type Image = { readonly [name: string]: Value | undefined };

function picturesIn({ dynamodb: change }: NonNullable<StreamEvent["Records"]>[number]): Letter["pictures"] {
  const { pictureId, status } = change?.NewImage ?? {};
  if (pictureId?.S && status?.S) return [{ pictureId: pictureId.S, status: status.S as Status }];
  const whose = reminded(change);
  return whose === undefined ? [] : [{ pictureId: whose, status: "reminded" }];
}

/** Of what is removed only reminders wake anybody. */
const reminded = (change: Change | undefined): string | undefined =>
  change?.NewImage === undefined ? change?.OldImage?.["pictureId"]?.S : undefined;

function wokenBy(change: Change | undefined): string {
  if (reminded(change) !== undefined) return "archive" satisfies Actor;
  const { status, archive } = change?.NewImage ?? {};
  if (status?.S === "published")
    return (archive?.M?.["restoring"] === undefined ? "write-back" : "restore") satisfies Actor;
  return (endedBy as Partial<Record<string, Actor>>)[status?.S ?? ""] ?? "unknown";
}

/** Schedules say in their call what it is for. */
const calledBy = (payload: unknown): string =>
  typeof payload === "object" && payload !== null && "poll" in payload ? "pull" : "unknown";
