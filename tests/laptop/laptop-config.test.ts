import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { laptopConfig } from "../../local/wiring/laptop-config.ts";

const addresses = {
  site: "http://127.0.0.1:4000",
  published: "http://127.0.0.1:4000/published",
  mailbox: "http://127.0.0.1:4000/mailbox",
};
async function configured(stack: string) {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return laptopConfig(stack, dir, addresses);
}

describe("a stack's config on this machine", () => {
  it("has the host's addresses, and a mailbox in the place of mail", async () => {
    const { config } = await configured("dev");
    expect(config).toMatchObject({ "darkroom:siteUrl": addresses.site, "darkroom:publishedUrl": addresses.published });
    expect(JSON.parse(config["darkroom:mail"]!)).toEqual({
      from: "darkroom@localhost.example",
      readAt: addresses.mailbox,
    });
  });

  it("lets everybody in, and one person review, where the stack names nobody", async () => {
    const { config, reviewer } = await configured("dev");
    expect(JSON.parse(config["darkroom:people"]!)).toEqual({ uploaders: ["*"], reviewers: [reviewer] });
    expect(reviewer).toMatch(/@/);
  });

  it("mails the day's figures at seven by the machine's own clock", async () => {
    const { config } = await configured("dev");
    expect(JSON.parse(config["darkroom:digest"]!)).toEqual({
      to: ["ops@darkroom.example"],
      at: `07:00 ${new Intl.DateTimeFormat().resolvedOptions().timeZone}`,
    });
  });

  it("exports the catalog, so that the command finds something to ask", async () => {
    const { config } = await configured("dev");
    expect(JSON.parse(config["darkroom:export"]!)).toMatchObject({ at: expect.stringMatching(/^04:00 /) });
  });

  it("archives originals too late for anybody who tries things out", async () => {
    const { config } = await configured("dev");
    expect(JSON.parse(config["darkroom:archive"]!)).toEqual({ afterDays: 30, class: "DEEP_ARCHIVE" });
  });
});
