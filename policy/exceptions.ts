import type { Exception } from "./lib/exceptions.ts";

/** A stack to try things out on: it may be thrown away, and a new account has little to give it. */
const dev = (name: string, reason: string): Exception => ({ urn: `urn:pulumi:dev::*::${name}`, reason });

/**
 * What Darkroom leaves as it is on purpose, by rule. Not every stack has all of them.
 * A stack's own exceptions go into the pack's config; see docs/policy.md.
 */
export const own: Readonly<Record<string, readonly Exception[]>> = {
  "bucket-access-logs": [
    {
      name: "*-bucket",
      reason:
        "Only named roles and distributions of this stack read a bucket, and the catalog tells what each did; data events of the account's CloudTrail tell the rest, where they are wanted.",
    },
  ],
  "bucket-versioning": [
    ...["incoming", "working", "quarantine", "dead-letters"].map((bucket) => ({
      name: `${bucket}-bucket`,
      reason:
        "Keys are never written twice with other bytes, and what somebody wants forgotten has to be gone at once.",
    })),
    { name: "site-bucket", reason: "Everything in it is built again from the repository." },
    {
      name: "exports-bucket",
      reason: "Everything in it is made again from the catalog, and forgetting has to reach it.",
    },
  ],
  "bucket-cors-exact": [
    ...["GET", "DELETE"].map((about) => ({
      name: "incoming-cors",
      about,
      reason: "Uploads in parts list what has come, and give up; each address is signed for one of these alone.",
    })),
    {
      name: "incoming-cors",
      about: "x-amz-*",
      reason: "S3's own headers, all of which the signature fixes: a browser could send no other ones.",
    },
  ],
  "table-deletion-protection": [dev("catalog-table", "A stack to try things out on has to go by `pulumi destroy`.")],
  "table-backup-plan": [
    { name: "catalog-table", reason: "Point-in-time recovery of 35 days is enough: the pictures are in S3 besides." },
  ],
  "function-concurrency": [
    dev("*-fn", "A new account has 10 in all, of which AWS lets nobody reserve any; nobody floods a trial."),
  ],
  "no-wildcards": [
    { name: "*-policy", about: "xray:Put*", reason: "X-Ray knows no resources." },
    {
      name: "moderate-policy",
      about: "rekognition:DetectModerationLabels",
      reason: "Rekognition knows no resources for it.",
    },
    ...[
      ...["CreateNetworkInterface", "DeleteNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets"],
      ...["AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"],
    ].map((action) => ({
      name: "*-policy",
      about: `ec2:${action}`,
      reason:
        "Lambda itself needs it to put a function into a network; the same policy denies it to the function's code.",
    })),
    {
      name: "*-policy",
      about: "sts:GetWebIdentityToken",
      reason: "It has no resources; the audience is fixed by a condition.",
    },
  ],
  "roles-apart": [
    {
      name: "pull-*-fn",
      about: "*dead-letters-*/*",
      reason:
        "Lambda itself puts failed calls there, with the function's role and under names of its own; the function signs nothing.",
    },
    {
      name: "discover-*-fn",
      about: "*dead-letters-*/*",
      reason:
        "Lambda itself puts failed calls and changes there, with the function's role and under names of its own; the function signs nothing.",
    },
  ],
  "topic-encryption": [
    { name: "*alarms-topic", reason: "CloudWatch cannot use AWS's own key, and only names of alarms pass through." },
  ],
  "dead-letters-watched": [
    {
      ...dev("*-queue", "Alarms are off in a stack to try things out on; `darkroom status` shows what waits."),
      about: "alarm",
    },
  ],
  "own-certificate": [
    { name: "*-distribution", reason: "Without darkroom:domain there is no name to have a certificate for." },
  ],
  "distribution-access-logs": [
    {
      name: "*-distribution",
      reason:
        "They would keep the addresses of all who look at pictures; the firewall's samples and metrics are enough to see an attack.",
    },
  ],
  "distribution-origins": [
    { name: "cdn-distribution", about: "root", reason: "It shows pictures; at its root there is none." },
    { name: "*-distribution", about: "failover", reason: "Its bucket is in one Region, and has no second to turn to." },
  ],
  "route-authorizer": [
    {
      name: "api-route",
      reason: "The function looks at the session of each request itself (handlers/api/entrance.ts).",
    },
    {
      name: "health-route",
      reason: "It takes nothing, and says no more than whether each part is well; Route 53 asks.",
    },
    { name: "pull-*-route", reason: "The function proves the signature of the service that calls (handlers/hook.ts)." },
    {
      name: "discover-*-route",
      reason: "The function proves GitHub's signature of each call (providers/repositories/github-webhook.ts).",
    },
  ],
  "request-validation": [
    {
      name: "api-route",
      reason: "An HTTP API has none; the function checks each request against its OpenAPI schema first.",
    },
    { name: "health-route", reason: "There is nothing in the request that is read." },
    {
      name: "pull-*-route",
      reason: "An HTTP API has none; a call is proved by its signature, and means no more than `look now`.",
    },
    {
      name: "discover-*-route",
      reason: "An HTTP API has none; a call is proved by its signature, and means no more than `look now`.",
    },
  ],
  "log-encryption": [
    { name: "*-logs", reason: "Logs hold ids and outcomes, no pictures and no secrets; AWS's own key encrypts them." },
  ],
  "alarms-with-actions": [
    dev("*-fn", "Alarms are off in a stack to try things out on."),
    {
      name: "stack",
      about: "EstimatedCharges",
      reason: "The bill is the account's: a Budget there counts all its stacks.",
    },
  ],
  "secrets-kept": [
    {
      name: "door-secret",
      about: "rotation",
      reason: "Distribution and function would have to change in one moment; docs/deploy.md says how to do it.",
    },
    {
      name: "*-secret",
      about: "rotation",
      reason: "It is another service's key, and only made there; `pulumi config set` brings a new one.",
    },
  ],
  "account-preconditions": [],
};
