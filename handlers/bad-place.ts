/** A `next` that no answer before had. */
export class BadPlace extends Error {
  override readonly name = "BadPlace";
  readonly code = "BAD_PLACE";

  constructor(place: string) {
    super(
      `BAD_PLACE: expected the \`next\` of an answer before, received ${JSON.stringify(place.slice(0, 100))}. Begin again without one.`,
    );
  }
}

/** What a `next` in JSON says, where it has the shape. @throws BadPlace */
export function placeIn<T>(text: string, isPlace: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadPlace(text);
    throw error;
  }
  if (!isPlace(value)) throw new BadPlace(text);
  return value;
}
