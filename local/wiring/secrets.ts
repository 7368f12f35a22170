import type { Secret } from "../aws/secrets.ts";
import type { Graph } from "../graph.ts";
import { ofType, text } from "../lookup.ts";

/** Every secret of the graph that has a value. */
export const secretsOf = (graph: Graph): readonly Secret[] =>
  ofType(graph, "aws:secretsmanager/secret:Secret").flatMap((secret) => {
    const arn = text(secret, "arn");
    const version = ofType(graph, "aws:secretsmanager/secretVersion:SecretVersion").find(({ inputs }) =>
      [arn, secret.outputs["id"]].includes(inputs["secretId"] as string),
    );
    if (version === undefined) return [];
    const value = text(version, "secretString", "inputs");
    return [{ arn, name: text(secret, "name"), version: text(version, "versionId"), value }];
  });
