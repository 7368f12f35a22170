import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { AttributeValue, Change, Item, StreamRecord, TableConfig } from "./types.ts";

/** The stream record of a change; undefined where nothing changed, which DynamoDB does not record either. */
export function toStreamRecord(
  table: TableConfig,
  { before, after, userIdentity }: Pick<Change, "before" | "after" | "userIdentity">,
  at: { readonly sequence: string; readonly now: number },
): StreamRecord | undefined {
  const image = after ?? before;
  if (!image || isDeepStrictEqual(comparable(before), comparable(after))) return undefined;
  const keyNames = [table.hashKey, table.rangeKey].filter((name) => name !== undefined);
  const Keys = Object.fromEntries(keyNames.map((name) => [name, image[name]!]));
  const eventSourceARN = table.streamArn!;
  return {
    eventID: createHash("md5").update(`${eventSourceARN} ${at.sequence}`).digest("hex"),
    eventName: before ? (after ? "MODIFY" : "REMOVE") : "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: table.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at.now / 1000),
      Keys,
      ...(after && { NewImage: after }),
      ...(before && { OldImage: before }),
      SequenceNumber: at.sequence,
      SizeBytes: itemSize(Keys) + itemSize(after ?? {}) + itemSize(before ?? {}),
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
    ...(userIdentity && { userIdentity }),
    eventSourceARN,
  };
}

/** 21 digits, as DynamoDB's; the leading 1 keeps order by text and by number the same. */
export const toSequence = (count: number) => `1${String(count).padStart(20, "0")}`;
export const fromSequence = (sequence: string) => Number(sequence.slice(1));

/** Bytes as DynamoDB counts them: names and values in UTF-8, a number about a byte for two digits. */
export const itemSize = (item: Item): number =>
  sum(Object.entries(item).map(([name, value]) => Buffer.byteLength(name) + valueSize(value)));

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.B !== undefined) return Buffer.byteLength(value.B, "base64");
  if (value.SS) return sum(value.SS.map((text) => Buffer.byteLength(text)));
  if (value.NS) return sum(value.NS.map(numberSize));
  if (value.BS) return sum(value.BS.map((bytes) => Buffer.byteLength(bytes, "base64")));
  if (value.L) return 3 + sum(value.L.map((element) => 1 + valueSize(element)));
  if (value.M) return 3 + itemSize(value.M) + Object.keys(value.M).length;
  return 1;
}

const numberSize = (number: string) => {
  const digits = number.replace(/[-.]/g, "").replace(/^0+|0+$/g, "");
  return Math.ceil(digits.length / 2) + 1 + (number.startsWith("-") ? 1 : 0);
};

const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);

/** Sets have no order: two items that differ only in it are the same. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      sets.has(name) && Array.isArray(inner) && typeof inner[0] === "string" ? [...inner].sort() : comparable(inner),
    ]),
  );
}

const sets = new Set(["SS", "NS", "BS"]);
