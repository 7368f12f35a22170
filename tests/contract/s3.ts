import { afterAll, beforeAll, describe } from "vitest";
import { authenticationCases } from "./s3/authentication.ts";
import { bodyCases } from "./s3/bodies.ts";
import { conditionCases } from "./s3/conditions.ts";
import { copyCases } from "./s3/copies.ts";
import { corsCases } from "./s3/cors.ts";
import { formCases } from "./s3/forms.ts";
import { listingCases } from "./s3/listing.ts";
import { multipartCases } from "./s3/multipart.ts";
import { objectCases } from "./s3/objects.ts";
import type { S3Rig } from "./s3/rig.ts";

export type { S3Rig } from "./s3/rig.ts";

/** What Darkroom relies on of S3, asked of anything that speaks it. */
export const s3Contract = (name: string, setUp: () => Promise<S3Rig>) =>
  describe(`S3: ${name}`, () => {
    let made: S3Rig;
    beforeAll(async () => {
      made = await setUp();
    });
    afterAll(() => made.close());
    const rig = () => made;
    describe("objects", () => objectCases(rig));
    describe("bodies", () => bodyCases(rig));
    describe("conditions", () => conditionCases(rig));
    describe("copies", () => copyCases(rig));
    describe("listing", () => listingCases(rig));
    describe("multipart uploads", () => multipartCases(rig));
    describe("authentication", () => authenticationCases(rig));
    describe("browser forms", () => formCases(rig));
    describe("other origins", () => corsCases(rig));
  });
