import { getMetadata } from "@aws-lambda-powertools/commons/utils/metadata";
import type { Place } from "../record.ts";

/** Where this execution environment runs; asked once, at its start. */
export async function placeOf(environment: string): Promise<Place> {
  const { AvailabilityZoneID } = await getMetadata();
  return {
    environment,
    region: process.env["AWS_REGION"] ?? "unknown",
    availabilityZone: typeof AvailabilityZoneID === "string" ? AvailabilityZoneID : "unknown",
    instanceId: process.env["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "unknown",
  };
}
