import type { Rule } from "../lib/rule.ts";
import { bucketPublicAccessBlock } from "./01-bucket-public-access-block.ts";
import { bucketTlsOnly } from "./02-bucket-tls-only.ts";
import { bucketAccessLogs } from "./03-bucket-access-logs.ts";
import { bucketOwnerEnforced } from "./04-bucket-owner-enforced.ts";
import { bucketPolicySameAccount } from "./05-bucket-policy-same-account.ts";
import { bucketLifecycle } from "./06-bucket-lifecycle.ts";
import { bucketVersioning } from "./07-bucket-versioning.ts";
import { bucketEncryption } from "./08-bucket-encryption.ts";
import { bucketNotification } from "./09-bucket-notification.ts";
import { accessPointPublicAccessBlock } from "./10-access-point-public-access-block.ts";
import { publishedByDistributionOnly } from "./11-published-by-distribution-only.ts";
import { bucketCorsExact } from "./12-bucket-cors-exact.ts";
import { noLoop } from "./13-no-loop.ts";
import { tablePointInTimeRecovery } from "./14-table-point-in-time-recovery.ts";
import { tableDeletionProtection } from "./15-table-deletion-protection.ts";
import { tableCapacity } from "./16-table-capacity.ts";
import { tableEncryption } from "./17-table-encryption.ts";
import { tableBackupPlan } from "./18-table-backup-plan.ts";
import { tableStreamAndTtl } from "./19-table-stream-and-ttl.ts";
import { functionCallers } from "./20-function-callers.ts";
import { functionRuntime } from "./21-function-runtime.ts";
import { functionTracing } from "./22-function-tracing.ts";
import { functionSizeStated } from "./23-function-size-stated.ts";
import { functionFailuresKept } from "./24-function-failures-kept.ts";
import { streamFailuresKept } from "./25-stream-failures-kept.ts";
import { streamPoisonIsolated } from "./26-stream-poison-isolated.ts";
import { streamOwnRegion } from "./27-stream-own-region.ts";
import { functionConcurrency } from "./28-function-concurrency.ts";
import { noWildcards } from "./29-no-wildcards.ts";
import { noManagedPolicies } from "./30-no-managed-policies.ts";
import { noAdministrators } from "./31-no-administrators.ts";
import { noDecryptOfAllKeys } from "./32-no-decrypt-of-all-keys.ts";
import { noUsers } from "./33-no-users.ts";
import { rolesApart } from "./34-roles-apart.ts";
import { functionUrlAuth } from "./35-function-url-auth.ts";
import { queueVisibility } from "./36-queue-visibility.ts";
import { topicEncryption } from "./37-topic-encryption.ts";
import { topicTlsOnly } from "./38-topic-tls-only.ts";
import { topicNotPublic } from "./39-topic-not-public.ts";
import { subscriptionDeadLetters } from "./40-subscription-dead-letters.ts";
import { queueEncryption } from "./41-queue-encryption.ts";
import { queueTlsOnly } from "./42-queue-tls-only.ts";
import { queueNotPublic } from "./43-queue-not-public.ts";
import { queueDeadLetters } from "./44-queue-dead-letters.ts";
import { deadLettersWatched } from "./45-dead-letters-watched.ts";
import { viewersHttps } from "./46-viewers-https.ts";
import { ownCertificate } from "./47-own-certificate.ts";
import { originsHttps } from "./48-origins-https.ts";
import { distributionAccessLogs } from "./49-distribution-access-logs.ts";
import { distributionFirewall } from "./50-distribution-firewall.ts";
import { distributionOrigins } from "./51-distribution-origins.ts";
import { responseHeaders } from "./52-response-headers.ts";
import { restExecutionLogs } from "./53-rest-execution-logs.ts";
import { apiAccessLogs } from "./54-api-access-logs.ts";
import { apiFirewall } from "./55-api-firewall.ts";
import { routeAuthorizer } from "./56-route-authorizer.ts";
import { requestValidation } from "./57-request-validation.ts";
import { apiThrottling } from "./58-api-throttling.ts";
import { restTracing } from "./59-rest-tracing.ts";
import { restCacheAndBackEnds } from "./60-rest-cache-and-back-ends.ts";
import { keyRotation } from "./61-key-rotation.ts";
import { keyKeptAndClosed } from "./62-key-kept-and-closed.ts";
import { logRetention } from "./63-log-retention.ts";
import { logEncryption } from "./64-log-encryption.ts";
import { alarmsWithActions } from "./65-alarms-with-actions.ts";
import { secretsKept } from "./66-secrets-kept.ts";
import { firewallRules } from "./67-firewall-rules.ts";
import { certificateRenewed } from "./68-certificate-renewed.ts";
import { accountPreconditions } from "./69-account-preconditions.ts";
import { networkDefaultGroupClosed } from "./70-network-default-group-closed.ts";
import { networkFlowLogs } from "./71-network-flow-logs.ts";
import { subnetNoPublicAddresses } from "./72-subnet-no-public-addresses.ts";
import { networkClosedToTheWorld } from "./73-network-closed-to-the-world.ts";

/** All rules, by their number. */
export const rules: readonly Rule[] = [
  bucketPublicAccessBlock,
  bucketTlsOnly,
  bucketAccessLogs,
  bucketOwnerEnforced,
  bucketPolicySameAccount,
  bucketLifecycle,
  bucketVersioning,
  bucketEncryption,
  bucketNotification,
  accessPointPublicAccessBlock,
  publishedByDistributionOnly,
  bucketCorsExact,
  noLoop,
  tablePointInTimeRecovery,
  tableDeletionProtection,
  tableCapacity,
  tableEncryption,
  tableBackupPlan,
  tableStreamAndTtl,
  functionCallers,
  functionRuntime,
  functionTracing,
  functionSizeStated,
  functionFailuresKept,
  streamFailuresKept,
  streamPoisonIsolated,
  streamOwnRegion,
  functionConcurrency,
  noWildcards,
  noManagedPolicies,
  noAdministrators,
  noDecryptOfAllKeys,
  noUsers,
  rolesApart,
  functionUrlAuth,
  queueVisibility,
  topicEncryption,
  topicTlsOnly,
  topicNotPublic,
  subscriptionDeadLetters,
  queueEncryption,
  queueTlsOnly,
  queueNotPublic,
  queueDeadLetters,
  deadLettersWatched,
  viewersHttps,
  ownCertificate,
  originsHttps,
  distributionAccessLogs,
  distributionFirewall,
  distributionOrigins,
  responseHeaders,
  restExecutionLogs,
  apiAccessLogs,
  apiFirewall,
  routeAuthorizer,
  requestValidation,
  apiThrottling,
  restTracing,
  restCacheAndBackEnds,
  keyRotation,
  keyKeptAndClosed,
  logRetention,
  logEncryption,
  alarmsWithActions,
  secretsKept,
  firewallRules,
  certificateRenewed,
  accountPreconditions,
  networkDefaultGroupClosed,
  networkFlowLogs,
  subnetNoPublicAddresses,
  networkClosedToTheWorld,
];
