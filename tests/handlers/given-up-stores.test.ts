import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
import { s3DeadLetters } from "../../handlers/aws/dead-letters.ts";
import { sqsDeadQueue } from "../../handlers/aws/dead-queue.ts";

it("passes by a letter that somebody else took between its listing and its reading", async () => {
  const letter = JSON.stringify({ timestamp: "2026-11-23T12:00:00.000Z", requestPayload: { poll: "studio" } });
  const send = async (asked: unknown) => {
    if (asked instanceof ListObjectsV2Command)
      return { Contents: ["taken", "there"].map((Key) => ({ Key })), IsTruncated: true };
    if (asked instanceof GetObjectCommand && asked.input.Key === "there")
      return { Body: { transformToString: async () => letter } };
    throw new NoSuchKey({ message: "The specified key does not exist.", $metadata: {} });
  };
  const letters = s3DeadLetters({ send } as unknown as S3Client, "dead-letters");
  const page = await letters.page({ limit: 2 });
  expect(page.letters.map(({ key }) => key)).toEqual(["there"]);
  expect(page.next).toBe("there");
});

it("tells the picture of an original whose way back was given up", async () => {
  const pictureId = "0f8fad5b-d9cb-869f-a165-70867728950e";
  const Body = JSON.stringify({ detail: { object: { key: `originals/${pictureId}.ab.jpeg`, etag: "x" } } });
  let waiting = [{ Body, ReceiptHandle: "1" }];
  const send = async (asked: unknown) => {
    if (!(asked instanceof ReceiveMessageCommand)) return {};
    const Messages = waiting;
    waiting = [];
    return { Messages };
  };
  const queue = sqsDeadQueue({ send } as unknown as SQSClient, { actor: "restore", from: "dead", to: "thawed" });
  expect(await queue.each(() => true, false)).toEqual([pictureId]);
});
