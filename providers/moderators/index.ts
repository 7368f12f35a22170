import type { ModerationOptions } from "../../options.ts";
import type { Purse } from "../types.ts";
import { escalating } from "./escalate.ts";
import { type Moderator, ModeratorError } from "./types.ts";

export interface ModeratorDeps {
  /** The HTTP moderator's bearer token. Asked for only when that one is configured. */
  readonly secret: () => Promise<string | undefined>;
  /** That a moderator is paid from. @default nobody counts its calls */
  readonly purseOf?: (moderator: "rekognition" | "http") => Purse | undefined;
  /** Of Rekognition. @default the region of the environment */
  readonly region?: string;
  /** Folder of the embedded classifier's files. @default found beside the code or in node_modules */
  readonly assets?: URL | string;
}

/**
 * The moderator that the options name; code of the others is not loaded.
 * @throws ModeratorError `CONFIG` when it cannot be set up.
 */
export async function moderatorFor(options: ModerationOptions, deps: ModeratorDeps): Promise<Moderator> {
  const screen = await load(options.screen, options, deps);
  if (options.escalate === undefined) return screen;
  const { clearBelow, rejectAbove } = options;
  return escalating({ screen, escalate: await load(options.escalate, options, deps), clearBelow, rejectAbove });
}

async function load(
  kind: ModerationOptions["screen"],
  options: ModerationOptions,
  deps: ModeratorDeps,
): Promise<Moderator> {
  switch (kind) {
    case "nsfwjs": {
      const { nsfwjsModerator } = await import("./nsfwjs.ts");
      return nsfwjsModerator({ assets: deps.assets });
    }
    case "rekognition": {
      const { RekognitionClient } = await import("@aws-sdk/client-rekognition");
      const { rekognitionModerator } = await import("./rekognition.ts");
      const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
      const client = new RekognitionClient({ region: deps.region, requestHandler });
      await client.config.region().catch((cause) => {
        throw new ModeratorError(kind, "CONFIG", "expected a region, received none. Set AWS_REGION", { cause });
      });
      return rekognitionModerator({ client, purse: deps.purseOf?.(kind) });
    }
    case "http": {
      const { httpModerator } = await import("./http.ts");
      if (options.url === undefined)
        throw new ModeratorError(kind, "CONFIG", "expected the address of the moderator as `url`, received none");
      return httpModerator({ url: options.url, token: await deps.secret(), purse: deps.purseOf?.(kind) });
    }
    default:
      throw new ModeratorError(
        kind satisfies never,
        "CONFIG",
        `expected nsfwjs, rekognition or http, received ${kind}`,
      );
  }
}
