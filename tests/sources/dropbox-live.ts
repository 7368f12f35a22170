import { randomUUID } from "node:crypto";
import { Dropbox } from "dropbox";
import { dropboxSource } from "../../providers/sources/dropbox.ts";
import type { SourceRig } from "../contract/source/rig.ts";

/** A folder of its own in the Dropbox that `token` opens; it is deleted in the end. */
export async function liveRig(token: string, send: typeof fetch = fetch): Promise<SourceRig> {
  const sdk = new Dropbox({ accessToken: token, fetch: send });
  const path = `/darkroom-contract-${randomUUID()}`;
  await sdk.filesCreateFolderV2({ path });
  const deps = { path, writeBack: `${path}/web`, token: async () => token, fetch: send, pageSize: 10 };

  async function paths(): Promise<string[]> {
    const found: string[] = [];
    let page = (await sdk.filesListFolder({ path, recursive: true })).result;
    for (;;) {
      for (const entry of page.entries)
        if (entry[".tag"] === "file") found.push(entry.path_display!.slice(path.length + 1));
      if (!page.has_more) return found;
      page = (await sdk.filesListFolderContinue({ cursor: page.cursor })).result;
    }
  }
  return {
    fresh: (patience) => dropboxSource({ ...deps, name: "live", patience }),
    foreign: () => dropboxSource({ ...deps, name: "another" }),
    async put(name, contents) {
      await sdk.filesUpload({ path: `${path}/${name}`, contents, mode: { ".tag": "overwrite" }, mute: true });
    },
    async remove(name) {
      await sdk.filesDeleteV2({ path: `${path}/${name}` });
    },
    async bytesOf(name) {
      const { result } = await sdk.filesDownload({ path: `${path}/${name}` });
      return Buffer.from((result as unknown as { fileBinary: Uint8Array }).fileBinary);
    },
    paths,
    writtenPath: (name) => `web/${name}`,
    faults: { clear() {}, sent: () => 0 },
    async close() {
      await sdk.filesDeleteV2({ path });
    },
  };
}
