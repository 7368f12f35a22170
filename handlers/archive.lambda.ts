import { S3Client } from "@aws-sdk/client-s3";
import { createArchive } from "./archive.ts";
import { s3ColdStore } from "./aws/cold-store.ts";
import { s3Store } from "./aws/object-store.ts";
import { dynamoReminders } from "./aws/reminders.ts";
import { onReminder, runtime } from "./aws/runtime.ts";
import { type ArchiveEnv, envOf, readEnv } from "./env.ts";

const env = readEnv<ArchiveEnv>(envOf.archive);
const s3 = new S3Client();
const shared = await runtime(env, { actor: "archive" });

export const handler = onReminder(
  createArchive({
    ...shared,
    working: s3Store(s3, env.WORKING_BUCKET),
    archived: s3ColdStore(s3, env.ARCHIVE_BUCKET),
    reminders: dynamoReminders(shared.documents, env.CATALOG_TABLE),
    keeping: env.KEEPING,
    storageClass: env.STORAGE_CLASS,
    arrivalClass: env.ARRIVAL_CLASS,
  }),
);
