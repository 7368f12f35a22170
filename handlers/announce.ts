/** What of a stream's record is told on: who reads the record itself finds it whole, and as it is by now. */
export interface RecordChange {
  readonly eventID?: string;
  readonly eventName?: string;
  readonly dynamodb?: {
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: object;
    readonly NewImage?: { readonly [name: string]: { readonly S?: string } | undefined };
    readonly SequenceNumber?: string;
  };
}

/** One message to a topic. */
export interface Announcement {
  /** The change's sequence number. */
  readonly id: string;
  /** The change as the table's stream tells it, but for what was before, as JSON. */
  readonly body: string;
  /** What a subscription chooses by. */
  readonly attributes: Readonly<Record<"status" | "source" | "homeRegion", string>>;
}

export interface AnnounceDeps {
  /** Tells all of them, at most ten; answers those that were refused, and why. */
  readonly publish: (
    some: readonly Announcement[],
  ) => Promise<readonly { readonly id: string; readonly why: string }[]>;
  /** Hears of each failure. */
  readonly fault: (error: Error, about: { readonly pictureId?: string }) => void;
}

/** SNS takes so many at once, and of all of them together so many bytes. https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
const mostMessages = 10;
const mostBytes = 256 * 1024;

/**
 * Tells a topic of each change of a picture's record, after the record has moved and from the table's
 * own stream: whatever was written is told, and nothing that was not. Told twice is as good as told
 * once. Answers the sequence numbers of the changes that have to be told again.
 */
export const createAnnounce =
  ({ publish, fault }: AnnounceDeps) =>
  async (records: readonly RecordChange[]): Promise<readonly string[]> => {
    const failed: string[] = [];
    const pictures = new Map<string, string | undefined>();
    const fail = (id: string, message: string) => {
      fault(new Error(message), { pictureId: pictures.get(id) });
      failed.push(id);
    };
    const told: Announcement[] = [];
    for (const record of records) {
      const id = record.dynamodb?.SequenceNumber ?? "";
      pictures.set(id, record.dynamodb?.NewImage?.["pictureId"]?.S);
      const announcement = announcementOf(record);
      if (announcement !== undefined) told.push(announcement);
      else
        fail(
          id,
          `EVENT_STRANGE: expected the record of a picture, received ${JSON.stringify({ eventName: record.eventName, keys: record.dynamodb?.Keys })}. Mend the filter of this function's event source mapping.`,
        );
    }
    for (const part of partsOf(told))
      for (const { id, why } of await publish(part))
        fail(id, `TOPIC_REFUSED: expected the change to be told, but ${why}`);
    return failed;
  };

function announcementOf({ eventID, eventName, dynamodb }: RecordChange): Announcement | undefined {
  const { ApproximateCreationDateTime, Keys, NewImage = {}, SequenceNumber } = dynamodb ?? {};
  const [status, source, homeRegion] = [NewImage["status"]?.S, NewImage["source"]?.S, NewImage["homeRegion"]?.S];
  if (!status || !source || !homeRegion || SequenceNumber === undefined) return undefined;
  const change = { eventID, eventName, dynamodb: { ApproximateCreationDateTime, Keys, NewImage, SequenceNumber } };
  return { id: SequenceNumber, body: inXml(JSON.stringify(change)), attributes: { status, source, homeRegion } };
}

/** Queues take the characters of XML alone. JSON itself spells out the others that they do not take. */
const inXml = (json: string) => json.replaceAll("\ufffe", "\\ufffe").replaceAll("\uffff", "\\uffff");

function partsOf(all: readonly Announcement[]): Announcement[][] {
  const parts: Announcement[][] = [];
  let room = 0;
  for (const one of all) {
    const bytes = Buffer.byteLength(one.body + JSON.stringify(one.attributes));
    const part = parts.at(-1);
    if (part === undefined || part.length === mostMessages || bytes > room) {
      parts.push([one]);
      room = mostBytes - bytes;
    } else {
      part.push(one);
      room -= bytes;
    }
  }
  return parts;
}
