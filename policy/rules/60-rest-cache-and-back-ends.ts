import { mention } from "../lib/functions.ts";
import { settingsOf } from "../lib/rest-stages.ts";
import { together } from "../lib/rule.ts";

/** AWSGuard demands a cache and an edge endpoint: wrong for an API that takes uploads. */
export const restCacheAndBackEnds = together(
  {
    id: 60,
    name: "rest-cache-and-back-ends",
    level: "advisory",
    known: "FSBP APIGateway.2, APIGateway.5; AWSGuard apigateway-method-cached-and-encrypted",
    checks: "Where a REST API caches, the cache is encrypted; to HTTP back ends it shows a client certificate.",
    why: "Answers to one person lie in the cache; a back end cannot tell API Gateway from others.",
    mend: "set cacheDataEncrypted in MethodSettings, and clientCertificateId of the stage.",
  },
  ["aws:apigateway/stage:Stage"],
  (stage, report, stack) => {
    const isEncrypted = settingsOf(stack, stage).some((settings) => settings["cacheDataEncrypted"] === true);
    if (stage.props["cacheClusterEnabled"] === true && !isEncrypted)
      report(`Expected the cache of ${stage.name} to be encrypted.`, "cache");
    const speaksHttp = stack
      .of("aws:apigateway/integration:Integration")
      .some(({ props }) => props["restApi"] === stage.props["restApi"] && String(props["type"]).startsWith("HTTP"));
    if (speaksHttp && !mention(() => stage.props["clientCertificateId"]))
      report(`Expected ${stage.name} to show a client certificate to its HTTP back ends, found none.`, "certificate");
  },
);
