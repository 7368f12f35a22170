import { type Source, SourceError, type SourceKind } from "../providers/sources/types.ts";
import { needsPerson } from "./standing.ts";

/** Does something with a source. @throws SourceError also when it cannot be opened */
export type Use = <T>(work: (source: Source) => T | Promise<T>) => Promise<T>;

/** A source that is opened when it is first needed, so that what is wrong with its secret is told like any other trouble. */
export interface Opened extends Pick<Source, "name" | "kind" | "changes" | "read"> {
  /** For what not every source can. */
  readonly use: Use;
}

/**
 * Opens a source once, and again after trouble that lasts until somebody mends it: what they changed
 * at the service may count only for what is asked for anew. (A new secret comes with new functions.)
 */
export function opened(name: string, kind: SourceKind, open: () => Promise<Source>): Opened {
  let current: Promise<Source> | undefined;
  const use: Use = async (work) => {
    current ??= open();
    const used = current;
    // Unless another call has opened it anew meanwhile.
    const drop = () => {
      if (current === used) current = undefined;
    };
    const source = await used.catch((error: unknown) => {
      drop();
      throw error;
    });
    try {
      return await work(source);
    } catch (error) {
      if (error instanceof SourceError && needsPerson(error.code)) drop();
      throw error;
    }
  };
  return {
    name,
    kind,
    use,
    changes: (cursor) => use((source) => source.changes(cursor)),
    read: (file, options) => use((source) => source.read(file, options)),
  };
}
