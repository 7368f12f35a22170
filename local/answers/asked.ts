import { createHash } from "node:crypto";

export interface Asked {
  /** Pulumi type token, such as `aws:lambda/function:Function`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly project: string;
  readonly stack: string;
  /** Where its provider stands. */
  readonly region: string;
  /** Where the stack is at home. */
  readonly home: string;
}

export interface Named extends Asked {
  readonly arn: (service: string, resource: string, region?: string) => string;
}

/** Id and outputs of new resources, by their type. */
export type Answers = Readonly<Record<string, (asked: Named) => Answer>>;
export interface Answer {
  readonly id: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The account that emulators of AWS live in. */
export const accountId = "000000000000";

/** A short id that a name always gives, for what AWS numbers at random. */
export const hash = (name: string, length: number) => createHash("sha256").update(name).digest("hex").slice(0, length);
export const numbered = (name: string) =>
  `${hash(name, 8)}-${hash(`${name}4`, 4)}-4${hash(`${name}3`, 3)}-8${hash(`${name}8`, 3)}-${hash(`${name}12`, 12)}`;
