/** A condition over something of type T. */
export type Condition<T> = (about: T) => boolean;

export interface Words<T> {
  /** Texts of the tokens, in order. */
  readonly tokens: readonly string[];
  readonly and: string;
  readonly or: string;
  /** @default none: leaves say their own */
  readonly not?: string;
  /** Reads one condition from `at` on; answers it, and where the next token is. */
  readonly leaf: (at: number) => readonly [Condition<T>, number];
  /** Ends the reading. */
  readonly fail: (detail: string) => never;
}

/** Conditions joined by and, or and parentheses, of which the first binds tighter. Reads all tokens. */
export function readCondition<T>({ tokens, and, or, not, leaf, fail }: Words<T>): Condition<T> {
  let at = 0;

  function joined(word: string, part: () => Condition<T>, join: (parts: readonly Condition<T>[]) => Condition<T>) {
    const parts = [part()];
    for (; tokens[at] === word; parts.push(part())) at += 1;
    return parts.length === 1 ? parts[0]! : join(parts);
  }
  const either = (): Condition<T> => joined(or, both, (parts) => (about) => parts.some((part) => part(about)));
  const both = (): Condition<T> => joined(and, one, (parts) => (about) => parts.every((part) => part(about)));

  function one(): Condition<T> {
    const token = tokens[at];
    if (token === undefined) return fail("it ends where a condition should come");
    if (token === not) {
      at += 1;
      const inner = one();
      return (about) => !inner(about);
    }
    if (token !== "(") {
      const [condition, next] = leaf(at);
      at = next;
      return condition;
    }
    at += 1;
    const inner = either();
    if (tokens[at] !== ")")
      return fail(`a parenthesis is not closed before ${JSON.stringify(tokens[at] ?? "the end")}`);
    at += 1;
    return inner;
  }

  const all = either();
  if (at < tokens.length) fail(`${JSON.stringify(tokens[at])} stands where nothing more should come`);
  return all;
}
