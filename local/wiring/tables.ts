import type { TableConfig } from "../aws/dynamodb/types.ts";
import type { Graph } from "../graph.ts";
import { ofType, text } from "../lookup.ts";

interface IndexInput {
  readonly name: string;
  readonly keySchemas: readonly { readonly attributeName: string; readonly keyType: "HASH" | "RANGE" }[];
  readonly projectionType: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly nonKeyAttributes?: readonly string[];
}

/** Every table of the graph. */
export const tablesOf = (graph: Graph, region: string): readonly TableConfig[] =>
  ofType(graph, "aws:dynamodb/table:Table").map((table) => {
    const { inputs } = table;
    const streams = inputs["streamEnabled"] === true;
    const ttl = inputs["ttl"] as { enabled?: boolean; attributeName?: string } | undefined;
    return {
      name: text(table, "name"),
      arn: text(table, "arn"),
      streamArn: streams ? text(table, "streamArn") : undefined,
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
      region,
    };
  });
