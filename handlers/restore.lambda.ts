import { S3Client } from "@aws-sdk/client-s3";
import type { Context } from "aws-lambda";
import { s3ColdStore } from "./aws/cold-store.ts";
import { s3Store } from "./aws/object-store.ts";
import { dynamoReminders } from "./aws/reminders.ts";
import { type ChangeEvent, isQueued, onObjectRestored, onPictureChange, runtime } from "./aws/runtime.ts";
import { envOf, type RestoreEnv, readEnv } from "./env.ts";
import { createRestore } from "./restore.ts";

const env = readEnv<RestoreEnv>(envOf.restore);
const s3 = new S3Client();
const shared = await runtime(env, { actor: "restore" });

const { begin, finish } = createRestore({
  ...shared,
  working: s3Store(s3, env.WORKING_BUCKET),
  archived: s3ColdStore(s3, env.ARCHIVE_BUCKET),
  reminders: dynamoReminders(shared.documents, env.CATALOG_TABLE),
});
const onAsked = onPictureChange("published", begin);
const onThawed = onObjectRestored(env.ARCHIVE_BUCKET, finish);

/** Woken by a record that says that its original is wanted, and by S3 when it can be read. */
export const handler = (event: ChangeEvent, context: Context) =>
  isQueued(event) ? onThawed(event, context, () => {}) : onAsked(event, context, () => {});
