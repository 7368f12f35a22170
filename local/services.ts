import { join } from "node:path";
import { accountId } from "./answers.ts";
import { createInvalidations } from "./aws/cloudfront/invalidations.ts";
import { createDynamo, type Dynamo } from "./aws/dynamodb/dynamo.ts";
import { type BusEvent, createEventBus, s3ObjectCreated, s3ObjectRestored } from "./aws/events.ts";
import { lambdaEndpoint } from "./aws/lambda.ts";
import { createS3, type S3 } from "./aws/s3/s3.ts";
import { createSecrets } from "./aws/secrets.ts";
import { createSes } from "./aws/ses.ts";
import { authenticate } from "./aws/signature.ts";
import { snsEndpoint } from "./aws/sns/endpoint.ts";
import { createTopics, type TopicsDeps } from "./aws/sns/topics.ts";
import { sqsEndpoint } from "./aws/sqs/endpoint.ts";
import { openQueues } from "./aws/sqs/queues.ts";
import type { QueueConfig, Queues } from "./aws/sqs/types.ts";
import { stsEndpoint } from "./aws/sts.ts";
import type { EndpointDeps } from "./aws/types.ts";
import type { Graph } from "./graph.ts";
import { ofType, text } from "./lookup.ts";
import { type Mailbox, openMailbox } from "./mailbox/mailbox.ts";
import { oneLine } from "./one-line.ts";
import { awsPaths } from "./paths.ts";
import { inRegion } from "./regions.ts";
import type { Routes } from "./router.ts";
import { putBucketObjects } from "./wiring/bucket-objects.ts";
import { bucketsOf } from "./wiring/buckets.ts";
import { sendersOf } from "./wiring/mail.ts";
import { queuePolicyOf, queuesOf, rulesOf } from "./wiring/queues.ts";
import { secretsOf } from "./wiring/secrets.ts";
import { tablesOf } from "./wiring/tables.ts";
import { topicsOf } from "./wiring/topics.ts";

export interface ServicesOptions {
  /** Keeps objects, tables, queues and mails. */
  readonly dir: string;
  readonly regions: readonly string[];
  /** Milliseconds until what is written in one Region is in the others. */
  readonly replicationDelayMs: number;
  /** Where the mails are read, for people. */
  readonly mailboxUrl: string;
  readonly deps: EndpointDeps;
  /** Keeps an event for a function that is invoked asynchronously. */
  readonly invokeAsync: (functionArn: string, event: unknown) => void;
  /** Is told of each message that is sent to a queue. */
  readonly onSent: (queue: QueueConfig) => void;
  /** Is told what became of each message of a topic. */
  readonly onDelivery: TopicsDeps["measure"];
  readonly say: (text: string) => void;
  readonly onClose: (end: () => unknown) => void;
}

export interface Services {
  readonly s3: S3;
  readonly dynamo: Dynamo;
  readonly queues: Queues;
  readonly mailbox: Mailbox;
  /** Their endpoints. */
  readonly routes: Routes;
}

/** AWS's services as the graph's resources describe them, with what the data folder keeps of them. */
export async function openServices(graph: Graph, options: ServicesOptions): Promise<Services> {
  const { dir, regions, replicationDelayMs, mailboxUrl, deps, invokeAsync, onSent, onDelivery, say, onClose } = options;
  const queueConfigs = queuesOf(graph);
  const queues = openQueues(queueConfigs, { dir: join(dir, "queues"), onSent });
  onClose(queues.close);
  const topics = createTopics(topicsOf(graph), {
    queues,
    authorize: deps.authorize,
    measure: onDelivery,
    warn: say,
  });
  const buses = new Map(
    regions.map((region) => {
      const bus = createEventBus({
        rules: rulesOf(inRegion(graph, region)),
        authorize: deps.authorize,
        policyOf: (arn) => queuePolicyOf(queueConfigs, arn),
        send: (arn, body) => void queues.send(arn, body),
        invokeAsync,
        warn: say,
      });
      return [region, bus] as const;
    }),
  );
  const buckets = bucketsOf(graph, deps.authorize);
  const ownerOf = (name: string) => {
    const { region } = buckets.find((bucket) => bucket.name === name)!;
    return { region, account: accountId };
  };
  const put = (event: BusEvent) => buses.get(event.region)?.put(event);
  const s3 = createS3({
    dir: join(dir, "objects"),
    buckets,
    onCreated: async (object) => put(s3ObjectCreated(object, ownerOf(object.bucket))),
    onRestored: async (object) => put(s3ObjectRestored(object, ownerOf(object.bucket))),
    replicationDelayMs,
    deps,
  });
  onClose(s3.close);
  await putBucketObjects(graph, s3);
  const tables = tablesOf(graph);
  const dynamo = await createDynamo({ dir: join(dir, "tables"), tables, deps, authenticate, replicationDelayMs });
  onClose(dynamo.close);
  const mailbox = await openMailbox({ dir: join(dir, "mail") });
  const ses = createSes({
    ...sendersOf(graph),
    deps,
    async deliver(mail) {
      await mailbox.deliver(mail);
      say(`${oneLine(`mail to ${mail.to.join(", ")}: ${mail.subject}`)}  (read it at ${mailboxUrl})`);
    },
  });
  const distributions = new Map(
    ofType(graph, "aws:cloudfront/distribution:Distribution").map((each) => [text(each, "id"), text(each, "arn")]),
  );
  const functions = new Map(
    ofType(graph, "aws:lambda/function:Function").map((each) => [text(each, "name"), text(each, "arn")]),
  );
  return {
    s3,
    dynamo,
    queues,
    mailbox,
    routes: [
      [awsPaths.S3, s3.endpoint],
      [awsPaths.DYNAMODB, dynamo.endpoint],
      [awsPaths.LAMBDA, lambdaEndpoint({ functions, invokeAsync, deps })],
      [awsPaths.SQS, sqsEndpoint(queues, deps)],
      [awsPaths.SNS, snsEndpoint(topics, deps)],
      [awsPaths.SECRETS_MANAGER, createSecrets({ secrets: secretsOf(graph), deps, authenticate })],
      [awsPaths.SESV2, ses],
      [awsPaths.CLOUDFRONT, createInvalidations({ distributions, deps })],
      [awsPaths.STS, stsEndpoint],
    ],
  };
}
