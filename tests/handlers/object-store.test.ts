import type { S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { s3Store } from "../../handlers/aws/object-store.ts";

/** What the laptop's S3 cannot show, which keeps one version of each object; the rest is in ports.test.ts. */
type Entry = { readonly Key: string; readonly VersionId: string };

/** As many of S3 as removing needs: a bucket of versions and delete markers, listed two at a time. */
function versionedS3({ locked }: { locked?: string } = {}) {
  const versions: Entry[] = ["3", "2", "1"].map((VersionId) => ({ Key: "id/a", VersionId }));
  const markers: Entry[] = [{ Key: "id/b", VersionId: "4" }];
  versions.push({ Key: "id/b", VersionId: "5" });
  const answers: Record<string, (input: never) => object> = {
    ListObjectVersionsCommand({ Prefix }: { Prefix: string }) {
      const all = [...versions, ...markers].filter(({ Key }) => Key.startsWith(Prefix));
      const page = all.slice(0, 2);
      return {
        Versions: page.filter((entry) => versions.includes(entry)),
        DeleteMarkers: page.filter((entry) => markers.includes(entry)),
        IsTruncated: all.length > page.length,
      };
    },
    DeleteObjectsCommand({ Delete }: { Delete: { Objects: Entry[] } }) {
      const Errors: object[] = [];
      for (const { Key, VersionId } of Delete.Objects)
        for (const list of [versions, markers]) {
          const at = list.findIndex((entry) => entry.Key === Key && entry.VersionId === VersionId);
          if (at >= 0 && VersionId === locked) Errors.push({ Key, VersionId, Code: "AccessDenied" });
          else if (at >= 0) list.splice(at, 1);
        }
      return { Errors };
    },
  };
  const client = {
    send: async (command: { constructor: { name: string }; input: never }) =>
      answers[command.constructor.name]!(command.input),
  } as unknown as S3Client;
  return { store: s3Store(client, "kept"), left: () => [...versions, ...markers] };
}

it("removes every version and every delete marker, page after page", async () => {
  const { store, left } = versionedS3();
  await store.removeAll("other/");
  expect(left()).toHaveLength(5);
  await store.removeAll("id/");
  expect(left()).toEqual([]);
});

it("fails when one of them cannot be deleted, rather than to say that all is gone", async () => {
  const { store, left } = versionedS3({ locked: "1" });
  await expect(store.removeAll("id/")).rejects.toThrow(/^NOT_REMOVED: .*id\/a AccessDenied/);
  expect(left()).toContainEqual({ Key: "id/a", VersionId: "1" });
});
