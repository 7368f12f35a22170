import { createHash, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { checkBody, checkConfig, md5OfAttributes } from "./checks.ts";
import { type Message, type MessageAttributes, type QueueConfig, QueueError, type Queues } from "./types.ts";

interface QueuesDeps {
  /** Folder of the database. */
  readonly dir: string;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Is told of each message that is sent. */
  readonly onSent?: (queue: QueueConfig) => void;
}

/**
 * Durable queues in one SQLite file, every step one transaction. fauxqs 2.4.1 was tried: it moves a message to its
 * dead-letter queue by a delete and an insert of their own, so that a kill between them loses it, and a visibility
 * timeout of 0 fails on its database and drops the message from memory.
 */
export function openQueues(configs: readonly QueueConfig[], { dir, now = Date.now, onSent }: QueuesDeps): Queues {
  mkdirSync(dir, { recursive: true });
  const db = new DatabaseSync(path.join(dir, "queues.db"));
  db.exec(schema);
  const queues = new Map<string, QueueConfig>();
  const listeners = new Map<string, Set<() => void>>();
  const sql = prepare(db);

  // Whoever held these died with the last host. That was no failure of theirs, so it is not counted as a receive.
  db.prepare(unreceive).run();

  function add(config: QueueConfig) {
    checkConfig(config);
    queues.set(config.arn, config);
  }
  for (const config of configs) add(config);
  for (const { name, redrive } of configs)
    if (redrive && !queues.has(redrive.deadLetterTargetArn))
      throw new QueueError(
        "QUEUE_CONFIG",
        `[${name}] QUEUE_CONFIG: its dead-letter queue ${redrive.deadLetterTargetArn} is not in the graph.`,
      );

  function need(arn: string): QueueConfig {
    const queue = queues.get(arn);
    if (queue === undefined) throw new QueueError("QueueDoesNotExist", `The specified queue does not exist: ${arn}`);
    return queue;
  }
  const announce = (arn: string) => {
    for (const listener of listeners.get(arn) ?? []) listener();
  };

  function transaction<T>(work: () => T): T {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      db.exec("ROLLBACK");
      throw error;
    }
  }

  return {
    configs: queues,
    add,
    send(arn, body, attributes = {}, { delaySeconds } = {}) {
      const queue = need(arn);
      checkBody(body, attributes);
      const messageId = randomUUID();
      const visibleAt = now() + (delaySeconds ?? queue.delaySeconds ?? 0) * 1000;
      sql.insert.run(arn, messageId, body, JSON.stringify(attributes), now(), visibleAt);
      announce(arn);
      onSent?.(queue);
      return { messageId, md5OfBody: md5(body), md5OfAttributes: md5OfAttributes(attributes) };
    },
    receive(arn, most, visibilitySeconds) {
      const queue = need(arn);
      const { redrive, retentionSeconds = 345_600, visibilityTimeoutSeconds = 30 } = queue;
      const at = now();
      const messages: Message[] = [];
      const moved = transaction(() => {
        sql.expire.run(arn, at - retentionSeconds * 1000);
        const dead = redrive
          ? sql.redrive.run(redrive.deadLetterTargetArn, at, arn, at, redrive.maxReceiveCount).changes
          : 0;
        for (const row of sql.visible.all(arn, at, most)) {
          const receipt = randomUUID();
          sql.take.run(receipt, at + (visibilitySeconds ?? visibilityTimeoutSeconds) * 1000, at, row["id"]!);
          messages.push(toMessage(row, receipt, at));
        }
        return Number(dead) > 0;
      });
      if (moved && redrive) announce(redrive.deadLetterTargetArn);
      return messages;
    },
    remove: (arn, receipt) => sql.remove.run(need(arn).arn, receipt).changes === 1,
    hide(arn, receipt, seconds) {
      const changed = sql.hide.run(now() + seconds * 1000, need(arn).arn, receipt, now()).changes === 1;
      announce(arn);
      return changed;
    },
    giveBack(arn, receipt, milliseconds) {
      sql.giveBack.run(now() + milliseconds, need(arn).arn, receipt);
      announce(arn);
    },
    recover: (arn) => void sql.recover.run(need(arn).arn),
    purge: (arn) => void sql.purge.run(need(arn).arn),
    counts(arn) {
      const row = sql.counts.get(now(), now(), now(), need(arn).arn)!;
      return { visible: Number(row["visible"]), inFlight: Number(row["flying"]), delayed: Number(row["delayed"]) };
    },
    oldestSentAt(arn) {
      const at = sql.oldest.get(need(arn).arn)?.["at"];
      return typeof at === "number" ? at : undefined;
    },
    nextVisibleAt(arn) {
      const at = sql.next.get(need(arn).arn)?.["at"];
      return typeof at === "number" ? at : undefined;
    },
    onArrival(arn, listener) {
      const own = listeners.get(need(arn).arn) ?? new Set();
      listeners.set(arn, own.add(listener));
      return () => own.delete(listener);
    },
    close: () => db.close(),
  };
}

/** `synchronous = FULL`: what was acknowledged is there after a power cut, not only after a kill. */
const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    first_received_at INTEGER,
    receives INTEGER NOT NULL DEFAULT 0,
    receipt TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS by_queue ON messages (queue, visible_at);
`;

/** Gives a message back as if it had not been received. */
const unreceive =
  "UPDATE messages SET receipt = NULL, visible_at = 0, receives = max(receives - 1, 0) WHERE receipt IS NOT NULL";

const prepare = (db: DatabaseSync) => ({
  recover: db.prepare(`${unreceive} AND queue = ?`),
  insert: db.prepare(
    "INSERT INTO messages (queue, message_id, body, attributes, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?)",
  ),
  expire: db.prepare("DELETE FROM messages WHERE queue = ? AND sent_at < ?"),
  redrive: db.prepare(
    "UPDATE messages SET queue = ?, visible_at = ?, receipt = NULL WHERE queue = ? AND visible_at <= ? AND receives >= ?",
  ),
  visible: db.prepare("SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY id LIMIT ?"),
  take: db.prepare(
    "UPDATE messages SET receipt = ?, visible_at = ?, first_received_at = coalesce(first_received_at, ?), receives = receives + 1 WHERE id = ?",
  ),
  remove: db.prepare("DELETE FROM messages WHERE queue = ? AND receipt = ?"),
  hide: db.prepare("UPDATE messages SET visible_at = ? WHERE queue = ? AND receipt = ? AND visible_at > ?"),
  giveBack: db.prepare("UPDATE messages SET visible_at = ?, receipt = NULL WHERE queue = ? AND receipt = ?"),
  purge: db.prepare("DELETE FROM messages WHERE queue = ?"),
  counts: db.prepare(`SELECT
    count(*) FILTER (WHERE visible_at <= ?) AS visible,
    count(*) FILTER (WHERE visible_at > ? AND receives > 0) AS flying,
    count(*) FILTER (WHERE visible_at > ? AND receives = 0) AS delayed
    FROM messages WHERE queue = ?`),
  oldest: db.prepare("SELECT min(sent_at) AS at FROM messages WHERE queue = ?"),
  next: db.prepare("SELECT min(visible_at) AS at FROM messages WHERE queue = ?"),
});

function toMessage(row: Record<string, SQLOutputValue>, receiptHandle: string, now: number): Message {
  const body = String(row["body"]);
  const attributes = JSON.parse(String(row["attributes"])) as MessageAttributes;
  return {
    messageId: String(row["message_id"]),
    receiptHandle,
    body,
    md5OfBody: md5(body),
    attributes,
    md5OfAttributes: md5OfAttributes(attributes),
    sentAt: Number(row["sent_at"]),
    firstReceivedAt: Number(row["first_received_at"] ?? now),
    receiveCount: Number(row["receives"]) + 1,
  };
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
