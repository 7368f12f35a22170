import { together } from "../lib/rule.ts";
import { listOf, type Seen } from "../lib/seen.ts";
import { isOf } from "../lib/stack.ts";

const mappings = "aws:lambda/eventSourceMapping:EventSourceMapping";

export const streamOwnRegion = together(
  {
    id: 27,
    name: "stream-own-region",
    level: "mandatory",
    known: "no public rule; AWS's guide on global tables",
    checks:
      "Where a table has replicas, each mapping's filter names the homes of its pictures; of mappings that are called the same in several Regions, no two take the same ones.",
    why: "Each Region sees every change: all would work on every picture, and mail and pay for it twice.",
    mend: "filter on dynamodb.NewImage.homeRegion.S, or OldImage's, with the Region's name; with all Regions' only where the function stands once.",
  },
  [mappings],
  (mapping, report, stack) => {
    const { name, props, urn } = mapping;
    const isReplicated = stack
      .of("aws:dynamodb/table:Table")
      .filter((table) => isOf(() => props["eventSourceArn"] as unknown, mapping, "eventSourceArn", table))
      .some(
        (table) =>
          listOf(table.props["replicas"]).length > 0 ||
          stack.naming("aws:dynamodb/tableReplica:TableReplica", "globalTableArn", table).length > 0,
      );
    if (!isReplicated) return;
    const own = patternsOf(mapping);
    const received = () => `received ${JSON.stringify(own)}`;
    if (own.length === 0 || !own.every((pattern) => takenBy(pattern).length > 0))
      report(`Expected every filter of ${name} to name a homeRegion, ${received()}.`);
    const twins = stack.of(mappings).filter((other) => other.name === name && other.urn !== urn);
    const theirs = new Set(twins.flatMap(patternsOf).flatMap(takenBy));
    if (own.flatMap(takenBy).some((taken) => theirs.has(taken)))
      report(`Expected ${name} to take other pictures in each Region, ${received()}.`);
  },
);

const patternsOf = ({ props }: Seen) =>
  listOf<{ readonly pattern: string }>(props["filterCriteria"]?.filters).map(({ pattern }) => pattern);

interface Pattern {
  readonly dynamodb?: { readonly [image: string]: { readonly homeRegion?: { readonly S?: readonly unknown[] } } };
}

/** What a filter takes: the same filter for each of the Regions that it names. None where it names none. */
function takenBy(text: string): string[] {
  const pattern = JSON.parse(text) as Pattern;
  const { dynamodb = {} } = pattern;
  const image = ["NewImage", "OldImage"].find((each) => dynamodb[each]?.homeRegion?.S !== undefined);
  if (image === undefined) return [];
  const regions = dynamodb[image]?.homeRegion?.S ?? [];
  if (!regions.every((region) => typeof region === "string")) return [];
  return regions.map((region) =>
    JSON.stringify({
      ...pattern,
      dynamodb: { ...dynamodb, [image]: { ...dynamodb[image], homeRegion: { S: [region] } } },
    }),
  );
}
