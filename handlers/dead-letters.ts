import { endedBy } from "./moving.ts";
import type { Status } from "./record.ts";

/** A change or call that Lambda gave up, as it lies in the dead-letters bucket. */
export interface Letter {
  readonly key: string;
  /** Who could not work on it, such as `resize`. */
  readonly actor: string;
  readonly reason: LetterReason;
  /** When it was given up, ISO 8601. */
  readonly at: string;
  /** As they stood then, without a status where it was a reminder that ran out; none where it was no change of a picture. */
  readonly pictures: readonly { readonly pictureId: string; readonly status?: Status }[];
}

/** It failed as often as it may, or waited longer than it may. */
export type LetterReason = "RETRIES_SPENT" | "TOO_OLD";

export interface DeadLetters {
  /** By key; from after a key on. */
  page(asked: { readonly after?: string; readonly limit: number }): Promise<{
    readonly letters: readonly Letter[];
    /** The last key looked at; absent on the last page. */
    readonly next?: string;
  }>;
  remove(key: string): Promise<void>;
}

/**
 * Reads what Lambda writes to an on-failure destination: of a stream's mapping the whole event as
 * `payload`, of an asynchronous call its `requestPayload`.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-errors.html
 */
export function letterOf(key: string, text: string): Letter {
  const { timestamp, requestContext, payload, requestPayload } = JSON.parse(text) as Body;
  const reason = tooOld.has(requestContext?.condition ?? "") ? "TOO_OLD" : "RETRIES_SPENT";
  const common = { key, reason, at: timestamp ?? "" } as const;
  if (payload === undefined) return { ...common, actor: calledBy(requestPayload), pictures: [] };
  const { Records = [] } = JSON.parse(payload) as StreamEvent;
  const reminded = Records.flatMap(({ dynamodb }) => {
    const pictureId = dynamodb?.NewImage === undefined ? dynamodb?.OldImage?.["pictureId"]?.S : undefined;
    return pictureId === undefined ? [] : [{ pictureId }];
  });
  if (reminded.length > 0) return { ...common, actor: "archive", pictures: reminded };
  const pictures = Records.flatMap(({ dynamodb }) => {
    const { pictureId, status } = dynamodb?.NewImage ?? {};
    return pictureId?.S && status?.S ? [{ pictureId: pictureId.S, status: status.S as Status }] : [];
  });
  return { ...common, actor: wokenBy(pictures[0]?.status), pictures };
}

const tooOld: ReadonlySet<string> = new Set(["RecordAgeExceeded", "EventAgeExceeded"]);

interface Body {
  readonly timestamp?: string;
  readonly requestContext?: { readonly condition?: string };
  readonly payload?: string;
  readonly requestPayload?: unknown;
}

interface StreamEvent {
  readonly Records?: readonly { readonly dynamodb?: { readonly NewImage?: Image; readonly OldImage?: Image } }[];
}

type Image = Readonly<Record<string, { readonly S?: string } | undefined>>;

const wokenBy = (status: Status | undefined): string =>
  status === "published"
    ? "write-back"
    : ((endedBy as Partial<Record<Status, string>>)[status ?? "review"] ?? "unknown");

/** Schedules say in their call what it is for. */
const calledBy = (payload: unknown): string =>
  typeof payload === "object" && payload !== null && "poll" in payload ? "pull" : "unknown";
