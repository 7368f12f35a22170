import { describe, expect, it } from "vitest";
import type { FileVersion } from "../../providers/sources/types.ts";
import { pullInBadWeather } from "./ten-thousand.ts";
import { Killed, troubles } from "./weather.ts";

const nothing = { missing: [], twice: [], wrong: [], strange: [] };

it("10,000 files of a Dropbox arrive once each, and nothing else, while one in twenty things goes wrong", async () => {
  const { once, missing, twice, wrong, strange, met } = await pullInBadWeather({ files: 10_000, seed: 7 });
  expect({ once, missing, twice, wrong, strange }).toEqual({ once: 10_000, ...nothing });
  expect(Object.keys(met).sort()).toEqual(troubles(["send", "move", "get", "upload"]).sort());
}, 600_000);

describe("the same, in worse weather, catches a pull that", { timeout: 300_000 }, () => {
  const given = { files: 150, seed: 3, share: 0.1, place: { pageSize: 25 } };

  it("is not spoilt: it catches nothing", async () => {
    expect(await pullInBadWeather(given)).toMatchObject({ once: 150, ...nothing });
  });

  it("keeps a page's cursor before its files are queued", async () => {
    let page: readonly FileVersion[] = [];
    let pages = 0;
    const { missing } = await pullInBadWeather({
      ...given,
      spoil: ({ enqueue, move }) => ({
        async enqueue(files) {
          page = files;
        },
        async move(...turn) {
          const isMoved = await move(...turn);
          // Surely once, and after the listing began anew, which would mend it.
          if (++pages === 8) throw new Killed("between cursor and queue");
          if (isMoved) await enqueue(page);
          return isMoved;
        },
      }),
    });
    expect(missing).not.toEqual([]);
  });

  it("goes on from now when its cursor was forgotten", async () => {
    const { missing } = await pullInBadWeather({
      ...given,
      spoil: ({ source }) => ({
        source: {
          ...source,
          async changes(cursor) {
            let page = await source.changes(cursor);
            if (!page.resync) return page;
            while (page.more) page = await source.changes(page.cursor);
            return { ...page, changes: [] };
          },
        },
      }),
    });
    expect(missing).not.toEqual([]);
  });

  it("does not compare digests", async () => {
    const { wrong } = await pullInBadWeather({
      ...given,
      spoil: ({ source }) => ({
        source: { ...source, read: (file, more) => source.read({ ...file, digest: undefined }, more) },
      }),
    });
    expect(wrong).not.toEqual([]);
  });

  it.each([
    ["takes its own output for pictures", { writeBack: undefined }],
    ["looks beyond its folder", { path: "" }],
  ])("%s", async (_, place) => {
    const { strange } = await pullInBadWeather({ ...given, place: { ...given.place, ...place } });
    expect(strange).not.toEqual([]);
  });
});
