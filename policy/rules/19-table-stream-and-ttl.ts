import { alone } from "../lib/rule.ts";

export const tableStreamAndTtl = alone(
  {
    id: 19,
    name: "table-stream-and-ttl",
    level: "mandatory",
    known: "no public rule; AWS's guides on streams and TTL",
    checks: "A table with a stream shows both images in it, and lets tokens and claims go by TTL.",
    why: "Filters look at the new image, clean-up at the old one; one-time codes and claims would pile up for ever.",
    mend: "set streamViewType NEW_AND_OLD_IMAGES, and ttl with an attributeName.",
  },
  ["aws:dynamodb/table:Table"],
  ({ name, props }, report) => {
    const { streamEnabled, streamViewType, ttl } = props;
    if (streamEnabled === true && streamViewType !== "NEW_AND_OLD_IMAGES")
      report(`Expected streamViewType NEW_AND_OLD_IMAGES of ${name}, received ${streamViewType}.`);
    if (ttl?.enabled !== true || !ttl.attributeName)
      report(`Expected a ttl of ${name} with an attributeName, found none.`);
  },
);
