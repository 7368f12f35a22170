import { Readable } from "node:stream";
import { vi } from "vitest";
import {
  type ChangePage,
  type FileVersion,
  type ReadOptions,
  type Source,
  SourceError,
} from "../../../providers/sources/types.ts";
import type { Patience } from "../../../providers/sources/verified.ts";
import { isAt, readAll, type SourceRig, tick, upserts } from "./rig.ts";

/** Ways to spoil a source that works, by what they change of it. */

function changed(rig: SourceRig, change: (source: Source) => Partial<Source>): SourceRig {
  return {
    ...rig,
    fresh(more) {
      const source = rig.fresh(more);
      return { ...source, ...change(source) };
    },
  };
}

export function pages(change: (page: ChangePage, cursor: string | undefined, source: Source) => ChangePage) {
  return (rig: SourceRig) =>
    changed(rig, (source) => ({ changes: async (cursor) => change(await source.changes(cursor), cursor, source) }));
}

export function reads(change: (run: () => Promise<Readable>) => Promise<Readable>) {
  return (rig: SourceRig) =>
    changed(rig, (source) => ({ read: (file, more) => change(() => source.read(file, more)) }));
}

export function options(change: (file: FileVersion, given: ReadOptions) => Partial<ReadOptions>) {
  return (rig: SourceRig) =>
    changed(rig, (source) => ({ read: (file, given) => source.read(file, { ...given, ...change(file, given) }) }));
}

export function patience(changes: Patience) {
  return (rig: SourceRig): SourceRig => ({ ...rig, fresh: (more) => rig.fresh({ ...more, ...changes }) });
}

export function listsAfter(
  code: SourceError["code"],
  instead: (source: Source, cursor?: string) => Promise<ChangePage>,
) {
  return (rig: SourceRig) =>
    changed(rig, (source) => ({
      changes: (cursor) =>
        source.changes(cursor).catch((error) => {
          if (error.code === code) return instead(source, cursor);
          throw error;
        }),
    }));
}

export async function nothing(_: Source, cursor = ""): Promise<ChangePage> {
  return { changes: [], cursor, more: false };
}

export const endsWellAfter = async (code: SourceError["code"], run: () => Promise<Readable>): Promise<Readable> =>
  Readable.from(
    (async function* () {
      try {
        yield* await run();
      } catch (error) {
        if (!(error instanceof SourceError) || error.code !== code) throw error;
      }
    })(),
  );

export function startsOver(rig: SourceRig): SourceRig {
  return changed(patience({ retries: 0 })(rig), (source) => ({
    read: async (file, more) =>
      Readable.from(
        (async function* () {
          let given = 0;
          for (let left = 5; ; left--) {
            let at = 0;
            try {
              for await (const piece of await source.read(file, more)) {
                const fresh = piece.subarray(Math.max(0, given - at));
                at += piece.length;
                given += fresh.length;
                yield fresh;
              }
              return;
            } catch (error) {
              if (left === 0) throw error;
            }
          }
        })(),
      ),
  }));
}

export function givesNewest(rig: SourceRig): SourceRig {
  return changed(rig, (source) => ({
    async read(file, more) {
      const newest = upserts(await tick(rig)).findLast(({ id }) => id === file.id);
      return source.read(newest ?? file, more);
    },
  }));
}

export function tellsOnce(rig: SourceRig): SourceRig {
  const told = new Set<string>();
  return pages((page) =>
    without(page, ({ id }) => {
      const known = told.has(id);
      told.add(id);
      return known;
    }),
  )(rig);
}

export function writesOver(rig: SourceRig): SourceRig {
  return changed(rig, (source) => ({
    write: (path, body, more) =>
      source.write!(path, body, more).catch(async () => {
        await rig.put(rig.writtenPath!(path), body);
        return { id: path, path };
      }),
  }));
}

export function trips(rig: SourceRig): SourceRig {
  return changed(rig, (source) => ({
    async read(file, more) {
      if (file.path.includes("+")) throw new SourceError(source.name, "NOT_FOUND", `no ${file.path}`);
      return source.read(file, more);
    },
  }));
}

export function goesOnWithNewest(rig: SourceRig): SourceRig {
  return changed(rig, (source) => ({
    read: async (file, more) =>
      Readable.from(
        (async function* () {
          let given = 0;
          for await (const piece of await source.read(file, more)) {
            given += piece.length;
            yield piece;
            break;
          }
          // Whoever replaces it may need a moment until the new version can be read.
          const replaced = async () => {
            const newest = upserts(await tick(rig)).findLast(({ id }) => id === file.id);
            if (newest === undefined || newest.version === file.version) return undefined;
            return readAll(source, newest).catch(() => undefined);
          };
          yield (await vi.waitUntil(replaced, { timeout: 10_000 })).subarray(given);
        })(),
      ),
  }));
}

export function remembersItsPlace(rig: SourceRig): SourceRig {
  return changed(rig, (source) => {
    let latest: Promise<ChangePage> | undefined;
    return {
      changes(cursor) {
        const before = latest;
        latest = (async () => source.changes(cursor ?? (await before)?.cursor))();
        return latest;
      },
    };
  });
}

export function checks(instead: (rig: SourceRig) => Promise<void>) {
  return (rig: SourceRig) =>
    changed(rig, () => ({
      async check() {
        await instead(rig);
        return { ok: true, findings: [{ ok: true, sentence: "All is well." }] };
      },
    }));
}

export function writes(change: (body: Buffer) => Buffer) {
  return (rig: SourceRig) =>
    changed(rig, (source) => ({ write: (path, body, more) => source.write!(path, change(body), more) }));
}

export function leavesHalf(rig: SourceRig): SourceRig {
  return changed(rig, (source) => ({
    write: (path, body, more) =>
      source.write!(path, body, more).catch(async (error) => {
        await rig.put(rig.writtenPath!(path), body.subarray(0, 1000));
        throw error;
      }),
  }));
}

export function writesAnywhere(rig: SourceRig): SourceRig {
  return changed(rig, (source) => ({
    write: (path, body, more) =>
      source.write!(path, body, more).catch(async () => {
        await rig.put("outside.jpg", body);
        return { id: path, path };
      }),
  }));
}

export function takesItsOwn(rig: SourceRig): SourceRig {
  return pages((page) => ({
    ...page,
    changes: page.changes.map((change) =>
      change.kind === "skip" && isAt(change.path, "original-w320.jpg")
        ? { kind: "upsert", file: { id: change.path, version: "1", path: change.path } }
        : change,
    ),
  }))(rig);
}

export const without = (page: ChangePage, unwanted: (file: FileVersion) => boolean): ChangePage => ({
  ...page,
  changes: page.changes.filter((change) => change.kind !== "upsert" || !unwanted(change.file)),
});

export const mapped = (page: ChangePage, change: (file: FileVersion) => FileVersion): ChangePage => ({
  ...page,
  changes: page.changes.map((one) => (one.kind === "upsert" ? { ...one, file: change(one.file) } : one)),
});

export function* chunks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
