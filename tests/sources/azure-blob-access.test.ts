import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type AzureBlobDeps, azureBlobSource } from "../../providers/sources/azure-blob.ts";
import { fileAt, noise, readAll, refusal, tick } from "../contract/source/rig.ts";
import { answering, azureRig, listingOf } from "./azure-rig.ts";
import { type Azurite, account, accountKey, startAzurite } from "./azurite.ts";

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite?.stop());

describe("an Azure Blob source with a SAS", () => {
  const rigOf = async () => {
    const rig = await azureRig(azurite);
    onTestFinished(rig.close);
    await rig.put("there.jpg", noise(100));
    return rig;
  };

  it("lists and reads with read and list", async () => {
    const rig = await rigOf();
    const source = rig.source({ auth: { sas: `?${rig.sas("rl")}` }, writeBack: undefined });
    expect(await readAll(source, fileAt(await tick({ fresh: () => source }), "there.jpg"))).toEqual(noise(100));
    const { ok, findings } = await source.check();
    expect(ok).toBe(true);
    expect(findings.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^Container raw-\S+ of account studioraw can be listed\.$/),
      "there.jpg can be read.",
      expect.stringMatching(/^Its SAS is good until 2/),
    ]);
  });

  it("names what it is not permitted", async () => {
    const rig = await rigOf();
    const listsOnly = rig.source({ auth: { sas: rig.sas("l") } });
    const error = await refusal(readAll(listsOnly, fileAt(await tick(rig), "there.jpg")));
    expect(error.code).toBe("FORBIDDEN");
    expect(error.message).toContain("to be allowed to read there.jpg");
    const { findings } = await listsOnly.check();
    expect(findings.filter(({ ok }) => !ok).map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining("to be allowed to read there.jpg"),
      expect.stringContaining("expected a SAS that permits create (c) for writeBack web, received sp=l"),
    ]);
    const write = rig.source({ auth: { sas: rig.sas("rl") } }).write!("x.jpg", noise(10), {
      contentType: "image/jpeg",
    });
    expect((await refusal(write)).code).toBe("FORBIDDEN");
  });

  it("asks for a new one when it ran out", async () => {
    const rig = await rigOf();
    const source = rig.source({ auth: { sas: rig.sas("rl", new Date("2026-01-01T00:00:00Z")) } });
    const error = await refusal(source.changes());
    expect(error.code).toBe("AUTH");
    expect(error.message).toContain("re-authorise source studio: its SAS ran out at 2026-01-01T00:00:00.000Z");
    expect((await source.check()).findings).toEqual([{ ok: false, sentence: error.message }]);
  });

  it("writes results with create alone", async () => {
    const rig = await rigOf();
    const source = rig.source({ auth: { sas: rig.sas("rlc") } });
    const written = await source.write!("one.jpg", noise(10), { contentType: "image/jpeg" });
    expect(written).toEqual({ id: "web/one.jpg", path: "web/one.jpg" });
    const { contentType } = await rig.container.getBlobClient("web/one.jpg").getProperties();
    expect(contentType).toBe("image/jpeg");
  });

  it("tells nobody its signature, whatever goes wrong", async () => {
    const rig = await rigOf();
    const sas = rig.sas("l");
    const signature = new URLSearchParams(sas).get("sig")!;
    const [file] = [fileAt(await tick(rig), "there.jpg")];
    for (const error of [
      await refusal(readAll(rig.source({ auth: { sas } }), file)),
      await refusal(rig.source({ auth: { sas }, endpoint: "http://127.0.0.1:1/studioraw" }).changes()),
    ])
      for (const told of [inspect(error, { depth: 9 }), JSON.stringify(error), String(error.stack)])
        for (const form of [signature, encodeURIComponent(signature)]) expect(told).not.toContain(form);
  });
});

describe("the credentials of an Azure Blob source", () => {
  const source = (auth: AzureBlobDeps["auth"]) => () =>
    azureBlobSource({ name: "studio", account, container: "raw", auth });

  it("are refused when they are not what they should be, and not repeated", () => {
    for (const wrong of [{ sas: "my-secret-text" }, { connectionString: "AccountKey=my-secret-text" }]) {
      expect(source(wrong)).toThrow(expect.objectContaining({ code: "CONFIG" }));
      expect(source(wrong)).not.toThrow(/my-secret-text/);
    }
  });

  it("are refused when they are another account's", () => {
    const connectionString = `DefaultEndpointsProtocol=https;AccountName=other;AccountKey=${accountKey};EndpointSuffix=core.windows.net`;
    expect(source({ connectionString })).toThrow(
      /expected the connection string of account studioraw, received that of other/,
    );
  });

  it("can be a token, which goes with each request and is asked for once", async () => {
    const seen: (string | undefined)[] = [];
    let asked = 0;
    const tokenProvider = {
      getToken: async (scopes: string | string[]) => {
        asked++;
        expect([scopes].flat()).toEqual(["https://storage.azure.com/.default"]);
        return { token: "a-token", expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    };
    const httpClient = answering(listingOf(""), { see: (request) => seen.push(request.headers.get("authorization")) });
    const entra = azureBlobSource({ name: "studio", account, container: "raw", auth: { tokenProvider }, httpClient });
    await entra.changes();
    await entra.changes();
    expect(seen).toEqual(["Bearer a-token", "Bearer a-token"]);
    expect(asked).toBe(1);
  });
});
