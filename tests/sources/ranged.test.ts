import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { bytesFrom } from "../../providers/sources/ranged.ts";
import { SourceError } from "../../providers/sources/types.ts";
import { refusal } from "../contract/source/rig.ts";

/** Asks for a part of "0123456789" of what answers `response`; tells what was asked too. */
function asked(part: { readonly offset?: number; readonly first?: number }, response: Response) {
  const state = { headers: {} as Readonly<Record<string, string>> };
  const stream = bytesFrom({
    ...part,
    source: "campaigns",
    refusal: async ({ status }) => new SourceError("campaigns", "FORBIDDEN", String(status)),
    async ask(headers) {
      state.headers = headers;
      return response;
    },
  });
  return { state, stream };
}
const partial = (text: string, range: string) =>
  new Response(text, { status: 206, headers: { "content-range": `bytes ${range}/10` } });

describe("bytes by range", () => {
  it.each([
    [{}, undefined, new Response("0123456789"), "0123456789"],
    [{ offset: 0 }, undefined, new Response("0123456789"), "0123456789"],
    [{ offset: 4 }, "bytes=4-", partial("456789", "4-9"), "456789"],
    [{ first: 2 }, "bytes=0-1", partial("01", "0-1"), "01"],
    [{ offset: 10 }, "bytes=10-", new Response(null, { status: 416 }), ""],
  ])("asks %j as %s, never compressed", async (part, range, response, text) => {
    const { state, stream } = asked(part, response);
    expect((await buffer(await stream)).toString()).toBe(text);
    expect(state.headers).toEqual({ "accept-encoding": "identity", ...(range && { range }) });
  });

  it.each([
    ["the whole file", new Response("0123456789")],
    ["another part", partial("56789", "5-9")],
  ])("does not take %s for the part that was asked for", async (_, response) => {
    expect((await refusal(asked({ offset: 4 }, response).stream)).code).toBe("UNAVAILABLE");
  });

  it("says what a refusal means", async () => {
    expect((await refusal(asked({}, new Response(null, { status: 403 })).stream)).code).toBe("FORBIDDEN");
  });
});
