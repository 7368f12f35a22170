import { S3Client } from "@aws-sdk/client-s3";
import { exportMarks } from "./aws/export-marks.ts";
import { spoken } from "./aws/log.ts";
import { s3Store } from "./aws/object-store.ts";
import { runtime } from "./aws/runtime.ts";
import { type ExportEnv, envOf, readEnv } from "./env.ts";
import { createExport, type ExportCall } from "./export/export.ts";

const env = readEnv<ExportEnv>(envOf.export);
const { documents, ...shared } = await runtime(env, { actor: "export" });

const run = createExport({
  ...shared,
  exports: s3Store(new S3Client(), env.EXPORTS_BUCKET),
  marks: exportMarks(documents, env.CATALOG_TABLE, shared.now),
  days: env.EXPORT.days,
});

export const handler = spoken((event: ExportCall) => run(event));
