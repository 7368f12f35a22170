/** Shapes of the laptop's DynamoDB. Imports nothing. */

/** One attribute in DynamoDB's JSON, such as `{ S: "…" }`. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  /** Base64. */
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
  readonly L?: readonly AttributeValue[];
  readonly M?: Item;
}
export type Item = Readonly<Record<string, AttributeValue>>;

export interface IndexConfig {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey?: string;
  readonly projection: "ALL" | "KEYS_ONLY" | { readonly include: readonly string[] };
}

export interface TableConfig {
  readonly name: string;
  readonly arn: string;
  /** Needed where `streams` is true. */
  readonly streamArn?: string;
  readonly hashKey: string;
  readonly rangeKey?: string;
  /** The key attributes of the table and its indexes. */
  readonly attributes: readonly { readonly name: string; readonly type: "S" | "N" | "B" }[];
  /** Global secondary indexes. */
  readonly indexes: readonly IndexConfig[];
  /** Attribute with the epoch second after which an item is deleted. */
  readonly ttlAttribute?: string;
  /** True: every change is kept as a stream record with both images. */
  readonly streams: boolean;
  readonly region: string;
}

/** Who changed an item, where it was not a caller: the time-to-live sweep. */
export interface UserIdentity {
  readonly type: "Service";
  readonly principalId: "dynamodb.amazonaws.com";
}

/** When an item of a global table was last written, and where: the later one wins. */
export interface Version {
  /** Epoch milliseconds, put forward where the clock stands still. */
  readonly time: number;
  readonly region: string;
}

/** One written item: `before` and `after` are undefined where it was not there. */
export interface Change {
  readonly table: string;
  /** The item's key, as one text. */
  readonly key: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  /** Of what was there; of what was deleted too. */
  readonly version?: Version;
  readonly userIdentity?: UserIdentity;
  /** The version of a write that comes from another Region. */
  readonly replicated?: Version;
}

/** One record of a table's stream, as a Lambda function receives it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly eventVersion: "1.1";
  readonly eventSource: "aws:dynamodb";
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    /** 21 digits; a later record's is greater, as number and as text. */
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: "NEW_AND_OLD_IMAGES";
  };
  readonly userIdentity?: UserIdentity;
  readonly eventSourceARN: string;
}

/** A table's stream: every change in one order, kept on disk until released. */
export interface ChangeLog {
  /** Sequence number of the newest record; undefined while there is none. */
  readonly latest: string | undefined;
  /** The oldest records after that sequence number, at most `limit`; from the oldest kept where it is undefined. */
  read(after: string | undefined, limit: number): Promise<StreamRecord[]>;
  /** Calls back after records were written. Answers the way to stop. */
  onAppend(listener: () => void): () => void;
  /** Forgets records up to and including `through` that are older than a day. */
  release(through: string): Promise<void>;
}

interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: "HASH" | "RANGE";
}

/** What DescribeTable answers, and what dynalite reads the keys and indexes from. */
export interface TableDefinition {
  readonly TableName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly KeySchemaElement[];
    readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
  }[];
  readonly TableStatus: "ACTIVE";
  readonly [other: string]: unknown;
}
