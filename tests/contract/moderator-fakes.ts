import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import sharp from "sharp";

export interface Posted {
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface Fake {
  readonly url: string;
  /** Every request so far. */
  readonly posted: Posted[];
  readonly close: () => Promise<void>;
}

/** A server on this machine that answers every request with `answer`. */
export async function fakeServer(answer: (posted: Posted, response: ServerResponse) => unknown): Promise<Fake> {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    const one = { headers: request.headers, body: await buffer(request) };
    posted.push(one);
    await answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const json = (response: ServerResponse, status: number, body: unknown, type = "application/json") =>
  response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));

/** A moderator of the HTTP kind that takes redness for nudity. */
export async function judgeRedness({ body }: Posted, response: ServerResponse): Promise<void> {
  const { confidence } = await redness(body);
  const labels = [{ name: "Red", confidence }];
  json(response, 200, { containsNudity: confidence >= 50, confidence, labels });
}

/** Rekognition as far as its documented limits go; takes redness for nudity. */
export async function rekognitionRedness({ headers, body }: Posted, response: ServerResponse): Promise<void> {
  const { Image, MinConfidence } = JSON.parse(body.toString());
  const bytes = Buffer.from(Image.Bytes, "base64");
  const { format, width, height, confidence } = await redness(bytes);
  const target = headers["x-amz-target"];
  if (target !== "RekognitionService.DetectModerationLabels")
    return rekognitionError(response, 400, "UnknownOperationException");
  if (bytes.length > 5 * 1024 * 1024) return rekognitionError(response, 400, "ImageTooLargeException");
  if (format !== "jpeg" || Math.min(width, height) < 80 || Math.max(width, height) > 10_000)
    return rekognitionError(response, 400, "InvalidImageFormatException");
  const label = (Name: string, ParentName: string, TaxonomyLevel: number) => ({
    Name,
    ParentName,
    TaxonomyLevel,
    Confidence: confidence,
  });
  const labels = [
    label("Explicit", "", 1),
    label("Explicit Nudity", "Explicit", 2),
    label("Exposed Female Nipple", "Explicit Nudity", 3),
  ];
  const ModerationLabels = confidence >= MinConfidence ? labels : [];
  json(response, 200, { ModerationLabels, ModerationModelVersion: "7.0" }, "application/x-amz-json-1.1");
}

export const rekognitionError = (response: ServerResponse, status: number, code: string): void =>
  void json(response, status, { __type: code, message: "as the fake was told" }, "application/x-amz-json-1.1");

async function redness(bytes: Buffer) {
  const { format, width, height, exif } = await sharp(bytes).metadata();
  if (exif) throw new Error("expected no metadata");
  const [r, g, b] = (await sharp(bytes).stats()).channels.map((channel) => channel.mean) as [number, number, number];
  return { format, width, height, confidence: Math.max(0, Math.min(100, (100 * (r - (g + b) / 2)) / 255)) };
}
