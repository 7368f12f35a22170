import type { SesOptions } from "../aws/ses.ts";
import type { Graph } from "../graph.ts";
import { ofType, text } from "../lookup.ts";

/** Every SES identity and configuration set of the graph. */
export const sendersOf = (graph: Graph): Pick<SesOptions, "identities" | "configurationSets"> => ({
  identities: ofType(graph, "aws:sesv2/emailIdentity:EmailIdentity").map((identity) => ({
    name: text(identity, "emailIdentity", "inputs"),
    arn: text(identity, "arn"),
    configurationSet: identity.inputs["configurationSetName"] as string | undefined,
  })),
  configurationSets: new Map(
    ofType(graph, "aws:sesv2/configurationSet:ConfigurationSet").map((set) => [
      text(set, "configurationSetName", "inputs"),
      text(set, "arn"),
    ]),
  ),
});
