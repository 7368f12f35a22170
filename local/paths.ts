/** Where everything stands on the host. */

/** AWS's services, under the names by which their SDK clients look for an endpoint: `AWS_ENDPOINT_URL_<name>`. */
export const awsPaths = {
  S3: "/aws/s3",
  DYNAMODB: "/aws/dynamodb",
  LAMBDA: "/aws/lambda",
  SQS: "/aws/sqs",
  SNS: "/aws/sns",
  SECRETS_MANAGER: "/aws/secretsmanager",
  SESV2: "/aws/ses",
  CLOUDFRONT: "/aws/cloudfront",
  STS: "/aws/sts",
} as const;

export const paths = {
  health: "/health",
  /** The page's distribution. */
  site: "/",
  /** The pictures' distribution. */
  published: "/published",
  mailbox: "/mailbox",
  metrics: "/metrics",
  operators: "/operator",
  /** Each Region's own doors, under its name. */
  regions: "/regions",
} as const;

/** Variables by which the functions' SDK finds this host instead of AWS. */
export const endpointsAt = (url: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(awsPaths).map(([service, path]) => [`AWS_ENDPOINT_URL_${service}`, `${url}${path}`]),
  );
