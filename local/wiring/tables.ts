import type { TableConfig } from "../aws/dynamodb/types.ts";
import type { Graph } from "../graph.ts";
import { ofType, regionOfArn, text } from "../lookup.ts";

interface IndexInput {
  readonly name: string;
  readonly keySchemas: readonly { readonly attributeName: string; readonly keyType: "HASH" | "RANGE" }[];
  readonly projectionType: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly nonKeyAttributes?: readonly string[];
}

interface Standing {
  readonly arn: string;
  readonly streamArn: string;
}

/** Every table of the graph, once for each Region in which it stands, its own first. */
export const tablesOf = (graph: Graph): readonly TableConfig[] =>
  ofType(graph, "aws:dynamodb/table:Table").flatMap((table) => {
    const { inputs, outputs } = table;
    const streams = inputs["streamEnabled"] === true;
    const ttl = inputs["ttl"] as { enabled?: boolean; attributeName?: string } | undefined;
    const own = { arn: text(table, "arn"), streamArn: text(table, "streamArn") };
    const replicas = (outputs["replicas"] ?? []) as readonly Standing[];
    return [own, ...replicas].map(({ arn, streamArn }) => ({
      name: text(table, "name"),
      arn,
      streamArn: streams ? streamArn : undefined,
      hashKey: text(table, "hashKey", "inputs"),
      rangeKey: inputs["rangeKey"] as string | undefined,
      attributes: (inputs["attributes"] ?? []) as TableConfig["attributes"],
      indexes: ((inputs["globalSecondaryIndexes"] ?? []) as IndexInput[]).map(
        ({ name, keySchemas, projectionType, nonKeyAttributes = [] }) => ({
          name,
          hashKey: keySchemas.find(({ keyType }) => keyType === "HASH")!.attributeName,
          rangeKey: keySchemas.find(({ keyType }) => keyType === "RANGE")?.attributeName,
          projection: projectionType === "INCLUDE" ? { include: nonKeyAttributes } : projectionType,
        }),
      ),
      ttlAttribute: ttl?.enabled ? ttl.attributeName : undefined,
      streams,
      region: regionOfArn(arn),
    }));
  });
