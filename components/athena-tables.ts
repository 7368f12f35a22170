import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { GlueTable } from "../handlers/export/glue.ts";
import type { Bucket } from "./bucket.ts";

export interface AthenaTablesArgs {
  /** Each lies under its own name in the bucket, a folder for each day. */
  tables: readonly GlueTable[];
  /** Holds the tables' files, and for a while what was asked of them, under `results/`. */
  bucket: Bucket;
}

/** Tables over Parquet files in a bucket, and the workgroup in which they are asked. */
export class AthenaTables extends pulumi.ComponentResource {
  /** Names of both. */
  readonly database: pulumi.Output<string>;
  readonly workgroup: pulumi.Output<string>;

  constructor(name: string, { tables, bucket }: AthenaTablesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:AthenaTables", name, {}, opts);
    const child = { parent: this };
    const database = new aws.glue.CatalogDatabase(`${name}-database`, { name: databaseName() }, child);
    this.database = database.name;
    for (const { name: table, description, columns, partition } of tables)
      new aws.glue.CatalogTable(
        `${name}-${table}`,
        {
          name: table,
          databaseName: database.name,
          description,
          tableType: "EXTERNAL_TABLE",
          parameters: { EXTERNAL: "TRUE", classification: "parquet", ...projection(partition.name, bucket, table) },
          partitionKeys: [partition],
          storageDescriptor: {
            location: pulumi.interpolate`s3://${bucket.name}/${table}/`,
            inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
            columns: [...columns],
          },
        },
        child,
      );
    const workgroup = new aws.athena.Workgroup(
      `${name}-workgroup`,
      {
        description: "What was exported of the catalog",
        // The results alone would keep it from being deleted.
        forceDestroy: true,
        configuration: {
          // Where results go and what a query may read is not for those who ask to say.
          enforceWorkgroupConfiguration: true,
          publishCloudwatchMetricsEnabled: true,
          bytesScannedCutoffPerQuery: mostBytesScanned,
          resultConfiguration: {
            outputLocation: pulumi.interpolate`s3://${bucket.name}/results/`,
            encryptionConfiguration: { encryptionOption: "SSE_S3" },
          },
        },
      },
      child,
    );
    this.workgroup = workgroup.name;
    this.registerOutputs({ database: this.database, workgroup: this.workgroup });
  }
}

/** 10 GiB, about five cents a query. */
const mostBytesScanned = 10 * 1024 ** 3;

/** Athena works the folders out by itself: no crawler looks for new days, and nobody adds them. */
const projection = (partition: string, bucket: Bucket, table: string) => ({
  "projection.enabled": "true",
  [`projection.${partition}.type`]: "date",
  [`projection.${partition}.format`]: "yyyy-MM-dd",
  [`projection.${partition}.interval`]: "1",
  [`projection.${partition}.interval.unit`]: "DAYS",
  // No Darkroom is older. A range that ends with the day that has begun follows the clock, by UTC.
  [`projection.${partition}.range`]: "2026-01-01,NOW",
  "storage.location.template": pulumi.interpolate`s3://${bucket.name}/${table}/${partition}=\${${partition}}/`,
});

/** Glue's names go into SQL as they stand, without quotes: no dashes, no capitals. */
const databaseName = () => `${pulumi.getProject()}_${pulumi.getStack()}`.toLowerCase().replace(/[^a-z0-9]/g, "_");
