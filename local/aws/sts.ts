import { sendAnswer } from "../http.ts";
import { ServiceError } from "./dynamodb/service-error.ts";
import type { Endpoint } from "./types.ts";
import { xmlFailure } from "./xml-answer.ts";

/**
 * STS in an account that tells other clouds nothing of its functions: a laptop can prove to nobody
 * else who they are. It stands here so that no function asks the real one.
 */
export const stsEndpoint: Endpoint = (_, response) =>
  sendAnswer(
    response,
    xmlFailure(
      new ServiceError(
        "OutboundWebIdentityFederationDisabledException",
        "A laptop cannot prove to another cloud who a function is. Give the source a secret instead: darkroom source connect.",
        { status: 403 },
      ),
      "https://sts.amazonaws.com/doc/2011-06-15/",
    ),
  );
