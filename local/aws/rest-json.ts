import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type PlainAnswer, sendAnswer } from "../http.ts";
import { ServiceError } from "./dynamodb/service-error.ts";
import type { Endpoint } from "./types.ts";

/** A service of AWS's REST JSON protocol, which names a refusal in a header. */
export const restJson =
  (handle: (request: IncomingMessage) => Promise<PlainAnswer>): Endpoint =>
  async (request, response) => {
    const told = await handle(request).catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      const status = error.code === "AccessDeniedException" ? 403 : error.status;
      return jsonAnswer(status, { message: error.message }, { "x-amzn-errortype": error.code });
    });
    await sendAnswer(response, told);
  };

/** Without content, the body is empty. */
export const jsonAnswer = (
  status: number,
  content?: object,
  headers: Readonly<Record<string, string>> = {},
): PlainAnswer => ({
  status,
  headers: { "content-type": "application/json", "x-amzn-requestid": randomUUID(), ...headers },
  body: Buffer.from(content === undefined ? "" : JSON.stringify(content)),
});
