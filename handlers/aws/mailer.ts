import { type SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { Mail } from "../api/types.ts";

/** Sends by SES. The address travels as a field of its own, never inside a header. */
export const sesMailer =
  (client: SESv2Client, from: string) =>
  async ({ to, subject, text, html, images }: Mail, abortSignal?: AbortSignal): Promise<void> => {
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: {
            Subject: { Data: subject, Charset: "UTF-8" },
            Body: { Text: { Data: text, Charset: "UTF-8" }, Html: { Data: html, Charset: "UTF-8" } },
            Attachments: images?.map(({ cid, png }) => ({
              FileName: `${cid.split("@", 1)[0]}.png`,
              RawContent: png,
              ContentType: "image/png",
              ContentDisposition: "INLINE",
              ContentId: cid,
              ContentTransferEncoding: "BASE64",
            })),
          },
        },
      }),
      { abortSignal },
    );
  };
