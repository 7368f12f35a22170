import type { AwsS3Options } from "@uppy/aws-s3";
import type { Body, Meta } from "@uppy/core";
import type { Api, FileFacts, Slot, UploadStep } from "../api.ts";
import { Trouble } from "../lib/trouble.ts";

type SignRequest = Extract<AwsS3Options<Meta, Body>, { signRequest: unknown }>["signRequest"];
type Request = Parameters<SignRequest>[0];

export interface SigningDeps {
  readonly api: Pick<Api, "slot" | "partedSlot" | "sign">;
  /** A file by what Uppy calls it, which it also takes for its key until Darkroom names one. */
  readonly fileOf: (fileId: string) => FileFacts;
  /** Told which picture a file will be. */
  readonly onPlace: (fileId: string, pictureId: string) => void;
  readonly now: () => number;
}

export interface Signing {
  readonly sign: SignRequest;
  /** Reminds it of what an earlier page began. */
  remember(key: string, pictureId: string): void;
  /** Makes the next try ask for a new place. */
  giveUp(fileId: string): void;
}

/** Files above this go in parts, so that a break costs one part and not the whole. */
export const wholeAtMost = 16 * 1024 * 1024;
export const partBytes = 8 * 1024 * 1024;

/** A place is signed for ten minutes; one that is nearly over is not begun again. */
const slotLife = 8 * 60_000;

/** Has each request of an upload signed by Darkroom's API. Throws Trouble. */
export function createSigning({ api, fileOf, onPlace, now }: SigningDeps): Signing {
  const slots = new Map<string, { readonly slot: Slot; readonly until: number }>();
  const pictures = new Map<string, string>();

  /** A file that starts again goes to the same place, so that it never becomes two pictures. */
  async function whole(fileId: string): Promise<Slot> {
    const known = slots.get(fileId);
    if (known !== undefined && known.until > now()) return known.slot;
    const slot = await api.slot(fileOf(fileId));
    slots.set(fileId, { slot, until: now() + slotLife });
    onPlace(fileId, slot.pictureId);
    return slot;
  }

  async function begin(fileId: string) {
    const place = await api.partedSlot(fileOf(fileId));
    if (place.partBytes !== partBytes)
      throw new Trouble(
        "UNEXPECTED_ANSWER",
        "Darkroom has changed since this page was loaded. Load the page again.",
        false,
      );
    pictures.set(place.key, place.pictureId);
    onPlace(fileId, place.pictureId);
    return { ...(await api.sign(place.pictureId, { step: "create" })), key: place.key };
  }

  return {
    async sign(request) {
      const step = stepOf(request);
      if (step === "whole") {
        const { url, fields } = await whole(request.key);
        return { url, fields: { ...fields } };
      }
      const signed =
        step.step === "create" ? await begin(request.key) : await api.sign(pictures.get(request.key) ?? "", step);
      return { ...signed, headers: { ...signed.headers } };
    },
    remember: (key, pictureId) => void pictures.set(key, pictureId),
    giveUp: (fileId) => void slots.delete(fileId),
  };
}

/** What Uppy tells by method and parameters, as Darkroom calls it. */
function stepOf(request: Request): UploadStep | "whole" {
  if (!("uploadId" in request)) return request.method === "POST" ? { step: "create" } : "whole";
  const { uploadId } = request;
  if ("partNumber" in request) return { step: "part", uploadId, part: request.partNumber };
  return { step: ({ GET: "list", POST: "complete", DELETE: "abort" } as const)[request.method], uploadId };
}
