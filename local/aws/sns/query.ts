import type { MessageAttributes } from "../sqs/types.ts";
import type { TopicMessage } from "./types.ts";

/** AWS's Query protocol: a form whose names are paths, lists numbered from one. */
export type Input = Readonly<Record<string, string | undefined>>;

export const queryIn = (body: string): Input => Object.fromEntries(new URLSearchParams(body));

/** The members of a list, each with its own names. */
export function listIn(input: Input, name: string, member = "member"): readonly Input[] {
  const items = new Map<number, Record<string, string | undefined>>();
  const prefix = `${name}.${member}.`;
  for (const [path, value] of Object.entries(input)) {
    const [, number, rest] = path.startsWith(prefix) ? (/^(\d+)\.(.+)$/.exec(path.slice(prefix.length)) ?? []) : [];
    if (number === undefined || rest === undefined) continue;
    const item = items.get(Number(number)) ?? {};
    items.set(Number(number), { ...item, [rest]: value });
  }
  return [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
}

export const messageIn = (input: Input): TopicMessage => ({
  body: input["Message"] ?? "",
  attributes: attributesIn(input),
});

const attributesIn = (input: Input): MessageAttributes =>
  Object.fromEntries(
    listIn(input, "MessageAttributes", "entry").map((entry) => [
      entry["Name"] ?? "",
      { DataType: entry["Value.DataType"] ?? "", StringValue: entry["Value.StringValue"] },
    ]),
  );
