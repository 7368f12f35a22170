import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { makePhoto } from "../fixtures/photos.ts";
import { type AzureRig, azureRig } from "../sources/azure-rig.ts";
import { account, accountKey, startAzurite } from "../sources/azurite.ts";
import { allPictures, until } from "./harness.ts";
import { startSourced } from "./sourced.ts";

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

it("a call of the source's service, by the page's address, brings a picture in long before the next look", async () => {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-"));
  cleanUps.push(() => rm(dir, { recursive: true, force: true }));
  const azurite = await startAzurite();
  cleanUps.push(azurite.stop);
  const rig: AzureRig = await azureRig(azurite);
  cleanUps.push(rig.close);
  const endpoint = `${azurite.origin}/${account}`;
  const { containerName: container } = rig.container;
  const host = await startSourced(
    dir,
    [{ name: "studio", kind: "azure-blob", account, container, endpoint, every: "24 hours" }],
    {
      studio: {
        connectionString: `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${endpoint};`,
        webhookKey: "a-long-random-text",
      },
    },
  );
  cleanUps.push(() => host.close());
  const looks = () => host.lines.filter(({ line }) => line.includes('"message":"pulled"')).length;
  await until(async () => (looks() === 1 ? true : undefined));

  const call = (key: string, body: unknown) =>
    fetch(`${host.url}/hooks/studio?key=${key}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const created = [{ eventType: "Microsoft.Storage.BlobCreated", data: {} }];
  expect((await call("a-guess", created)).status).toBe(403);
  const validation = [{ eventType: "Microsoft.EventGrid.SubscriptionValidationEvent", data: { validationCode: "42" } }];
  expect(await (await call("a-long-random-text", validation)).json()).toEqual({ validationResponse: "42" });
  expect((await fetch(`${host.url}/hooks/nobody`, { method: "POST" })).status).toBe(404);

  await rig.put("beach.jpg", await makePhoto({ width: 400, height: 300, seed: 8 }));
  const answers = await Promise.all(Array.from({ length: 30 }, () => call("a-long-random-text", created)));
  expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
  const pictures = await until(async () => {
    const all = await allPictures(host.url);
    return all.some(({ status }) => status === "published") ? all : undefined;
  });
  expect(pictures).toMatchObject([{ source: "studio", name: "beach.jpg" }]);
  // Thirty calls at once are not thirty looks: one, and one more at most for those that came while it began.
  expect(looks()).toBeLessThanOrEqual(3);
  // The key is in the address, which is nobody's to read.
  expect(host.lines.filter(({ line }) => line.includes("a-long-random-text"))).toEqual([]);
}, 180_000);
