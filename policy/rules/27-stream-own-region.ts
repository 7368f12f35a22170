import { together } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";
import { isOf } from "../lib/stack.ts";

export const streamOwnRegion = together(
  {
    id: 27,
    name: "stream-own-region",
    level: "mandatory",
    known: "no public rule; AWS's guide on global tables",
    checks: "Where a table has replicas, each mapping's filter takes pictures of one Region alone.",
    why: "Each Region sees every change: all would work on every picture, and mail and pay for it twice.",
    mend: "filter on dynamodb.NewImage.homeRegion.S, or OldImage's, with the Region's name.",
  },
  ["aws:lambda/eventSourceMapping:EventSourceMapping"],
  (mapping, report, stack) => {
    const { name, props } = mapping;
    const isReplicated = stack
      .of("aws:dynamodb/table:Table")
      .filter((table) => isOf(() => props["eventSourceArn"] as unknown, mapping, "eventSourceArn", table))
      .some(
        (table) =>
          listOf(table.props["replicas"]).length > 0 ||
          stack.naming("aws:dynamodb/tableReplica:TableReplica", "globalTableArn", table).length > 0,
      );
    if (!isReplicated) return;
    const filters = listOf<{ readonly pattern: string }>(props["filterCriteria"]?.filters);
    if (filters.length === 0 || !filters.every(({ pattern }) => namesRegion(pattern)))
      report(`Expected every filter of ${name} to name one homeRegion, received ${JSON.stringify(filters)}.`);
  },
);

interface Pattern {
  readonly dynamodb?: { readonly [image: string]: { readonly homeRegion?: { readonly S?: readonly unknown[] } } };
}

function namesRegion(pattern: string): boolean {
  const { dynamodb = {} } = JSON.parse(pattern) as Pattern;
  return ["NewImage", "OldImage"].some((image) => {
    const regions = dynamodb[image]?.homeRegion?.S ?? [];
    return regions.length === 1 && typeof regions[0] === "string";
  });
}
