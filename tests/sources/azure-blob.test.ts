import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { azureBlobSource } from "../../providers/sources/azure-blob.ts";
import type { Change } from "../../providers/sources/types.ts";
import { fileAt, last, noise, readAll, refusal, tick } from "../contract/source/rig.ts";
import { type Abilities, allAbilities, brokenVariants, sourceContract } from "../contract/source.ts";
import { type AzureRig, answering, azureRig, listingOf, nextSecond } from "./azure-rig.ts";
import { type Azurite, account, startAzurite } from "./azurite.ts";

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

const setUp = (live?: string) => azureRig(azurite, live);

const abilities: Abilities = {
  ...allAbilities,
  deletes: "a listing does not tell what went",
  resets: "a listing starts from a name, which cannot be forgotten",
};

sourceContract("Azure Blob", abilities, () => setUp());
brokenVariants("Azure Blob", abilities, () => setUp());

const live = process.env["DARKROOM_TEST_AZURE_CONNECTION_STRING"];
const calm = "a real account cannot be made to fail";
if (live)
  sourceContract(
    "Azure Blob, a real account",
    { ...abilities, cuts: calm, digests: calm, hangs: calm, rateLimits: calm, credentials: calm },
    () => setUp(live),
  );
else it.skip("source: Azure Blob, a real account (DARKROOM_TEST_AZURE_CONNECTION_STRING is not set)", () => {});

describe("an Azure Blob source", () => {
  const rigOf = async () => {
    const rig = await setUp();
    onTestFinished(rig.close);
    return rig;
  };
  const paths = (changes: readonly Change[]) =>
    changes.map((change) => (change.kind === "upsert" ? change.file.path : change.path));
  const uploaded = (rig: AzureRig, path: string) => rig.container.getBlockBlobClient(path);

  it("finds a new name that sorts first, without telling again what it told long ago", async () => {
    const rig = await rigOf();
    const eager = { fresh: () => rig.source({ overlapMs: 0 }) };
    for (let i = 0; i < 12; i++) await rig.put(`middle-${i}.jpg`, noise(100, i));
    await nextSecond();
    const first = await tick(eager);
    expect(paths(first.changes)).toHaveLength(12);
    const idle = await tick(eager, last(first));
    expect(idle.changes).toEqual([]);
    await rig.put("aa.jpg", noise(100));
    expect(paths((await tick(eager, last(idle))).changes)).toEqual(["aa.jpg"]);
  });

  it("tells everything again once a day, for what came in without a new time", async () => {
    const rig = await rigOf();
    await rig.put("moved.jpg", noise(100));
    await nextSecond();
    const cursor = last(await tick({ fresh: () => rig.source({ overlapMs: 0 }) }));
    expect(paths((await tick({ fresh: () => rig.source({ overlapMs: 0 }) }, cursor)).changes)).toEqual([]);
    const daily = { fresh: () => rig.source({ overlapMs: 0, fullPassMs: 0 }) };
    expect(paths((await tick(daily, cursor)).changes)).toEqual(["moved.jpg"]);
  });

  it("tells of a picture that came back from the archive", async () => {
    const rig = await rigOf();
    const eager = { fresh: () => rig.source({ overlapMs: 0 }) };
    await rig.put("frozen.jpg", noise(100));
    const file = fileAt(await tick(eager), "frozen.jpg");
    await rig.container.getBlobClient("frozen.jpg").setAccessTier("Archive");
    expect(await refusal(readAll(rig.fresh(), file))).toMatchObject({ code: "ARCHIVED" });
    await nextSecond();
    const before = last(await tick(eager));
    await rig.container.getBlobClient("frozen.jpg").setAccessTier("Hot");
    expect(fileAt(await tick(eager, before), "frozen.jpg").version).toBe(file.version);
  });

  it("keeps a version through a change of metadata, which is not one of the bytes", async () => {
    const rig = await rigOf();
    await rig.put("tagged.jpg", noise(100));
    const before = fileAt(await tick(rig), "tagged.jpg");
    await uploaded(rig, "tagged.jpg").setMetadata({ seen: "yes" });
    const after = fileAt(await tick(rig), "tagged.jpg");
    expect(after.version).toBe(before.version);
    expect(await refusal(readAll(rig.fresh(), before))).toMatchObject({ code: "CHANGED" });
    expect(await readAll(rig.fresh(), after)).toEqual(noise(100));
  });

  it("takes a blob without an MD5 by its ETag, and by its size", async () => {
    const rig = await rigOf();
    await uploaded(rig, "blocks.jpg").stageBlock("MDAx", noise(1000), 1000);
    await uploaded(rig, "blocks.jpg").commitBlockList(["MDAx"]);
    const file = fileAt(await tick(rig), "blocks.jpg");
    expect(file.digest).toBeUndefined();
    expect(file.version).toMatch(/^etag-/);
    expect(await readAll(rig.fresh(), file)).toEqual(noise(1000));
    expect(await refusal(readAll(rig.fresh(), { ...file, size: 1001 }))).toMatchObject({ code: "UNAVAILABLE" });
  });

  it("does not believe the MD5 of a blob that is written in place", async () => {
    const rig = await rigOf();
    const blob = rig.container.getAppendBlobClient("grows.jpg");
    const blobContentMD5 = createHash("md5").update("").digest();
    await blob.create({ blobHTTPHeaders: { blobContentType: "image/jpeg", blobContentMD5 } });
    await blob.appendBlock(noise(100), 100);
    const file = fileAt(await tick(rig), "grows.jpg");
    expect(file.digest).toBeUndefined();
    expect(await readAll(rig.fresh(), file)).toEqual(noise(100));
  });

  it("waits for a copy that has not ended", async () => {
    const rig = await rigOf();
    const answer = listingOf(
      `<Blob><Name>copied.jpg</Name><Properties><Last-Modified>${new Date().toUTCString()}</Last-Modified><Etag>0x1</Etag><Content-Length>0</Content-Length><Content-Type>image/jpeg</Content-Type><BlobType>BlockBlob</BlobType><CopyStatus>pending</CopyStatus></Properties></Blob>`,
    );
    const { changes } = await rig.source({ httpClient: answering(answer) }).changes();
    expect(changes).toEqual([{ kind: "skip", path: "copied.jpg", reason: "unsettled" }]);
  });

  it("looks only below its prefix, and begins anew when that is changed", async () => {
    const rig = await rigOf();
    await rig.put("raw/in.jpg", noise(100));
    await rig.put("out.jpg", noise(100));
    const below = await rig.source({ prefix: "raw/" }).changes();
    expect(paths(below.changes)).toEqual(["raw/in.jpg"]);
    const anew = await rig.source().changes(below.cursor);
    expect(anew.resync).toBe(true);
    expect(paths(anew.changes)).toEqual(["out.jpg", "raw/in.jpg"]);
  });

  it("says CONFIG when there is no such container", async () => {
    const rig = await rigOf();
    const error = await refusal(rig.source({ container: "not-there" }).changes());
    expect(error.code).toBe("CONFIG");
    expect(error.message).toContain("container not-there of account studioraw");
  });

  it("refuses a folder of results that would hide every picture", () => {
    const sas = "sv=1&sig=1";
    const hiding = { name: "studio", account, container: "raw", auth: { sas }, prefix: "raw/", writeBack: "raw" };
    expect(() => azureBlobSource(hiding)).toThrow(expect.objectContaining({ code: "CONFIG" }));
  });

  it.each([
    [403, "AuthorizationFailure", "FORBIDDEN"],
    [403, "AuthenticationFailed", "AUTH"],
    [401, "InvalidAuthenticationInfo", "AUTH"],
    [403, "UnauthorizedBlobOverwrite", "CONFLICT"],
    [409, "BlobAlreadyExists", "CONFLICT"],
    [409, "ContainerBeingDeleted", "CONFIG"],
    [400, "Md5Mismatch", "INTEGRITY"],
    [400, "InvalidHeaderValue", "CONFIG"],
    [500, "InternalError", "UNAVAILABLE"],
    [503, "ServerBusy", "RATE_LIMITED"],
    [429, "TooManyRequests", "RATE_LIMITED"],
  ])("takes %i %s for %s", async (status, said, code) => {
    const rig = await rigOf();
    const { write } = rig.source({ httpClient: answering("", { status, said }) });
    const error = await refusal(write!("one.jpg", noise(10), { contentType: "image/jpeg" }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(said);
  });
});
