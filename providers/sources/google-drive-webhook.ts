import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { startToken } from "./google-drive-changes.ts";
import { type DriveClient, Refused } from "./google-drive-client.ts";
import type { Webhook } from "./types.ts";

/**
 * A push channel (https://developers.google.com/workspace/drive/api/guides/push): it lasts a week
 * at most, and calls that are lost are not repeated, so polling goes on beside it.
 * `secret` is what Drive repeats in each call.
 */
export function driveWebhook(client: DriveClient, secret: string, driveId: string | undefined): Webhook {
  return {
    async answer({ method, headers }) {
      if (method !== "POST") return { status: 405, poll: false };
      if (!isSame(headers["x-goog-channel-token"] ?? "", secret)) return { status: 403, poll: false };
      // The first call of a channel tells only that it works.
      return { status: 200, poll: headers["x-goog-resource-state"] !== "sync" };
    },
    async renew(address, state) {
      const pageToken = await startToken({ client, driveId });
      const channel = await client.call("asking to be called", (sdk) =>
        sdk.changes.watch({
          pageToken,
          driveId,
          supportsAllDrives: true,
          includeItemsFromAllDrives: true,
          requestBody: {
            id: randomUUID(),
            type: "web_hook",
            address,
            token: secret,
            expiration: String(Date.now() + lastsMs),
          },
        }),
      );
      // Only now, so that no change falls between two channels.
      if (state !== undefined) await stop(client, state);
      const { id, resourceId, expiration } = channel;
      return {
        state: JSON.stringify({ id, resourceId }),
        // Where Drive names no end, what it says in its guide: an hour.
        expiresAt: new Date(expiration ? Number(expiration) : Date.now() + 3_600_000).toISOString(),
      };
    },
  };
}

async function stop(client: DriveClient, state: string): Promise<void> {
  const requestBody = channelState.parse(JSON.parse(state));
  try {
    await client.call("ending the earlier calls", (sdk) => sdk.channels.stop({ requestBody }), isGone);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

/** It ran out by itself. */
const isGone = ({ status }: { readonly status: number }) => status === 404;

const channelState = z.object({ id: z.string(), resourceId: z.string() });
const lastsMs = 7 * 24 * 3_600_000;

/** Hashed, so that neither length nor beginning can be found out by timing. */
const isSame = (received: string, expected: string) => timingSafeEqual(sha256(received), sha256(expected));
const sha256 = (text: string) => createHash("sha256").update(text).digest();
