/**
 * Bytes that DynamoDB counts of an item: its names and values in UTF-8, a number by its digits, 3 for
 * each list or map and 1 for each of their members. What is undefined is not stored.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export const itemBytes = (item: object): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => (value === undefined ? sum : sum + Buffer.byteLength(name) + valueBytes(value)),
    0,
  );

function valueBytes(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value === "number") return Math.ceil(String(value).replace(/\D/g, "").length / 2) + 1;
  if (Array.isArray(value)) return 3 + value.reduce((sum: number, each) => sum + 1 + valueBytes(each), 0);
  if (typeof value === "object" && value !== null) return 3 + Object.keys(value).length + itemBytes(value);
  return 1;
}
