import { together } from "../lib/rule.ts";
import { listOf, peek, type Seen } from "../lib/seen.ts";
import type { Stack } from "../lib/stack.ts";

export const apiFirewall = together(
  {
    id: 55,
    name: "api-firewall",
    level: "mandatory",
    known: "FSBP APIGateway.4; NAG APIG3",
    checks:
      "A firewall stands before each API: its own before a REST stage, CloudFront's before an HTTP API, which can have none.",
    why: "Rates and known attacks are stopped nowhere else.",
    mend: "add a WebAclAssociation for the stage, or lead a distribution with a webAclId to the HTTP API.",
  },
  ["aws:apigateway/stage:Stage", "aws:apigatewayv2/api:Api"],
  (api, report, stack) => {
    if (api.type === "aws:apigateway/stage:Stage") {
      if (stack.naming("aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn", api).length === 0)
        report(`Expected a WebAclAssociation for ${api.name}, found none.`);
    } else if (!stack.of("aws:cloudfront/distribution:Distribution").some((one) => shields(one, api, stack)))
      report(`Expected a distribution with a webAclId before ${api.name}, found none.`);
  },
);

function shields(distribution: Seen, api: Seen, stack: Stack): boolean {
  if (peek(() => distribution.props["webAclId"] || "") === "") return false;
  const origins = listOf<{ readonly domainName: string }>(distribution.props["origins"]);
  const leadsTo = (host: unknown) => origins.some((origin) => peek(() => origin.domainName) === host);
  // A host name of one's own that leads to it.
  const mapped = stack.naming("aws:apigatewayv2/apiMapping:ApiMapping", "apiId", api);
  if (mapped.some(({ props }) => leadsTo(peek(() => props["domainName"]) ?? ""))) return true;
  const endpoint = peek(() => api.props["apiEndpoint"] as string);
  if (endpoint === undefined)
    return listOf(distribution.propertyDependencies?.["origins"]).some(({ urn }) => urn === api.urn);
  return leadsTo(new URL(endpoint).host);
}
