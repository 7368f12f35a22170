import { z } from "zod";
import { SourceError, type SourceKind } from "./types.ts";

export interface CursorCodec<T> {
  /** @throws SourceError `CONFIG` when the state does not fit into 32 KiB. */
  encode(state: T): string;
  /**
   * Undefined for a cursor from before the source was pointed elsewhere: list anew and say `resync`.
   * @throws SourceError `CONFIG` for what is no cursor, or another source's.
   */
  decode(cursor: string): T | undefined;
}

export interface CursorOptions<T> {
  /** The source's name in the stack's config. */
  readonly source: string;
  readonly kind: SourceKind;
  /** What is listed, such as bucket and prefix. */
  readonly scope: string;
  /** What a cursor of this kind remembers. */
  readonly state: z.ZodType<T>;
}

export const MAX_CURSOR_BYTES = 32 * 1024;

/** Cursors as base64url of JSON, tagged with the source they belong to. */
export function cursorCodec<T>({ source, kind, scope, state }: CursorOptions<T>): CursorCodec<T> {
  const refuse = (received: string) =>
    new SourceError(
      source,
      "CONFIG",
      `expected a cursor of the ${kind} source "${source}", received ${received}. Forget the cursor to list everything anew`,
    );
  return {
    encode(value) {
      const cursor = Buffer.from(JSON.stringify({ source, kind, scope, state: value })).toString("base64url");
      if (cursor.length < MAX_CURSOR_BYTES) return cursor;
      throw new SourceError(
        source,
        "CONFIG",
        `expected a cursor under ${MAX_CURSOR_BYTES} bytes, received ${cursor.length}. Point the source at a smaller folder`,
      );
    },
    decode(cursor) {
      const tagged = tag.safeParse(parsed(cursor));
      if (!tagged.success) throw refuse("something else");
      if (tagged.data.source !== source || tagged.data.kind !== kind)
        throw refuse(`one of the ${tagged.data.kind} source "${tagged.data.source}"`);
      if (tagged.data.scope !== scope) return undefined;
      const known = state.safeParse(tagged.data.state);
      if (known.success) return known.data;
      throw refuse(`one that cannot be read: ${z.prettifyError(known.error)}`);
    },
  };
}

const tag = z.object({ source: z.string(), kind: z.string(), scope: z.string(), state: z.unknown() });

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
