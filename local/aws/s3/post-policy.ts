import { S3Error } from "./errors.ts";

/** Sizes in bytes that a policy lets through. */
export interface SizeRange {
  readonly least: number;
  readonly most: number;
}

/**
 * Holds a form against its policy: every condition met, every field spoken of, not expired.
 * @param policy base64 of the JSON document
 * @param fields names in lower case, with `bucket` as it stands in the address
 * @throws S3Error `AccessDenied` or `InvalidPolicyDocument`
 */
export function applyPolicy(policy: string, fields: ReadonlyMap<string, string>, now: Date): SizeRange {
  const { expiration, conditions } = read(policy);
  if (!(Date.parse(expiration) > now.getTime())) throw denied("Policy expired.");
  let range: SizeRange = { least: 0, most: 5 * 1024 ** 3 };
  const spoken = new Set(NEED_NO_CONDITION);
  for (const condition of conditions) {
    if (condition.kind === "content-length-range") {
      range = { least: Math.max(range.least, condition.least), most: Math.min(range.most, condition.most) };
      continue;
    }
    spoken.add(condition.field);
    if (!meets(fields.get(condition.field), condition)) throw denied(`Policy Condition failed: ${condition.text}`);
  }
  const extra = [...fields.keys()].filter((name) => !spoken.has(name) && !name.startsWith("x-ignore-"));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(", ")}`);
  return range;
}

interface Match {
  readonly kind: "eq" | "starts-with";
  readonly field: string;
  readonly value: string;
  /** As the policy wrote it. */
  readonly text: string;
}

type Condition = Match | ({ readonly kind: "content-length-range" } & SizeRange);

const NEED_NO_CONDITION = ["policy", "x-amz-signature", "file", "bucket"];

function meets(received: string | undefined, { kind, field, value }: Match): boolean {
  if (received === undefined) return false;
  if (kind === "eq") return received === value;
  const values = field === "content-type" ? received.split(",") : [received];
  return values.every((each) => each.trimStart().startsWith(value) || each.startsWith(value));
}

function read(policy: string): { expiration: string; conditions: Condition[] } {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(policy, "base64").toString("utf8"));
  } catch {
    throw invalid("Invalid JSON.");
  }
  if (typeof document !== "object" || document === null) throw invalid("Invalid JSON.");
  const { expiration, conditions } = document as Record<string, unknown>;
  if (typeof expiration !== "string" || Number.isNaN(Date.parse(expiration)))
    throw invalid("Policy missing expiration.");
  if (!Array.isArray(conditions)) throw invalid("Policy missing conditions.");
  return { expiration, conditions: conditions.flatMap(toConditions) };
}

function toConditions(condition: unknown): Condition[] {
  if (typeof condition !== "object" || condition === null)
    throw invalid(`Invalid condition: ${JSON.stringify(condition)}`);
  if (!Array.isArray(condition)) {
    return Object.entries(condition).map(([name, value]) =>
      match("eq", name, value, JSON.stringify(["eq", `$${name}`, value])),
    );
  }
  const [kind, first, second] = condition;
  if (kind === "content-length-range") return [{ kind, least: toSize(first), most: toSize(second) }];
  if ((kind === "eq" || kind === "starts-with") && typeof first === "string" && first.startsWith("$")) {
    return [match(kind, first.slice(1), second, JSON.stringify(condition))];
  }
  throw invalid(`Invalid condition: ${JSON.stringify(condition)}`);
}

function match(kind: Match["kind"], name: string, value: unknown, text: string): Match {
  if (typeof value !== "string") throw invalid(`Invalid value of ${name}: expected a string.`);
  return { kind, field: name.toLowerCase(), value, text };
}

function toSize(value: unknown): number {
  const size = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
  throw invalid(`Invalid content-length-range: ${JSON.stringify(value)}`);
}

const denied = (why: string) => new S3Error("AccessDenied", `Invalid according to Policy: ${why}`);

const invalid = (why: string) => new S3Error("InvalidPolicyDocument", `Invalid Policy: ${why}`);
