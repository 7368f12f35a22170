/** A label of Rekognition's three-level taxonomy; `parent` is empty at the top. */
export interface TaxonomyLabel {
  readonly name: string;
  readonly parent: string;
  /** 0–100. */
  readonly confidence: number;
}

/**
 * How far a label of the moderation model, version 7, speaks of nudity: 1 is nudity, 0.7 leaves it
 * to a person, 0.3 is bare skin that a beach shows too. A label not named here counts as its parent does.
 * https://docs.aws.amazon.com/rekognition/latest/dg/moderation-api.html#moderation-api-categories
 */
const weights = new Map([
  ["Explicit", 1],
  ["Sex Toys", 0.7],
  ["Non-Explicit Nudity of Intimate parts and Kissing", 0.7],
  ["Bare Back", 0.3],
  ["Exposed Male Nipple", 0.3],
  ["Kissing on the Lips", 0],
  ["Swimwear or Underwear", 0.3],
  ["Violence", 0],
  ["Visually Disturbing", 0],
  ["Drugs & Tobacco", 0],
  ["Alcohol", 0],
  ["Rude Gestures", 0],
  ["Gambling", 0],
  ["Hate Symbols", 0],
]);

/**
 * Confidence of nudity, 0–100: the highest of the labels, each by its weight. Rekognition gives a
 * label and its parents the same confidence, so a parent speaks only where no child is as sure. A
 * family that this taxonomy does not know counts in full: a new model can only make Darkroom stricter.
 */
export function nudityOf(labels: readonly TaxonomyLabel[]): number {
  const specific = labels.filter(
    ({ name, confidence }) => !labels.some((child) => child.parent === name && child.confidence >= confidence - 1),
  );
  return Math.max(0, ...specific.map((label) => label.confidence * weightOf(label.name, labels)));
}

function weightOf(name: string, labels: readonly TaxonomyLabel[], depth = 0): number {
  const known = weights.get(name);
  if (known !== undefined) return known;
  const parent = labels.find((label) => label.name === name)?.parent;
  return parent && depth < 3 ? weightOf(parent, labels, depth + 1) : 1;
}
