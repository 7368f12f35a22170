import { type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { Mail } from "../api/types.ts";

/** Sends by SES. The address travels as a field of its own, never inside a header. */
export const sesMailer =
  (client: SESv2Client, from: string) =>
  async ({ to, subject, text, html }: Mail, abortSignal?: AbortSignal): Promise<void> => {
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: {
            Subject: { Data: subject, Charset: "UTF-8" },
            Body: { Text: { Data: text, Charset: "UTF-8" }, Html: { Data: html, Charset: "UTF-8" } },
          },
        },
      }),
      { abortSignal },
    );
  };
