import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { accountId } from "./answers.ts";
import { createDynamo } from "./aws/dynamodb/dynamo.ts";
import { createEventBus, s3ObjectCreated } from "./aws/events.ts";
import { createAuthorizer } from "./aws/iam.ts";
import { createS3 } from "./aws/s3/s3.ts";
import { createSecrets } from "./aws/secrets.ts";
import { authenticate } from "./aws/signature.ts";
import { sqsEndpoint } from "./aws/sqs/endpoint.ts";
import { openQueues } from "./aws/sqs/queues.ts";
import type { EndpointDeps, Identity } from "./aws/types.ts";
import { captureApart } from "./capture.ts";
import { forgiveOpenAttempts } from "./forgive.ts";
import type { Graph } from "./graph.ts";
import { identitiesOf, operatorOf } from "./identities.ts";
import { createFunction } from "./lambda/function.ts";
import { createFunctionUrl } from "./lambda/function-url.ts";
import { createMetadata } from "./lambda/metadata.ts";
import type { FunctionConfig, LambdaFunction } from "./lambda/types.ts";
import { need, ofType, text } from "./lookup.ts";
import { plain, type Route, type Routes, startRouter } from "./router.ts";
import { site } from "./site.ts";
import { configOf } from "./stack-config.ts";
import { asyncInvokers } from "./wiring/async.ts";
import { bucketsOf } from "./wiring/buckets.ts";
import { distributionRoute } from "./wiring/distributions.ts";
import { withFolders } from "./wiring/folder-sources.ts";
import { functionsOf, shortName } from "./wiring/functions.ts";
import { startMappings } from "./wiring/mappings.ts";
import { queuePolicyOf, queuesOf, rulesOf } from "./wiring/queues.ts";
import { startSchedules } from "./wiring/schedules.ts";
import { secretsOf } from "./wiring/secrets.ts";
import { tablesOf } from "./wiring/tables.ts";

/** One line that a function wrote, under the name that people call it by. */
export type FunctionLog = (entry: { readonly name: string; readonly instance: string; readonly line: string }) => void;

export interface HostOptions {
  /** On 127.0.0.1; 0 picks a free one. */
  readonly port: number;
  /** Keeps everything: objects, tables, queues, how far each mapping has come. */
  readonly dir: string;
  readonly stack: string;
  readonly say: (text: string) => void;
  readonly log: FunctionLog;
  /** A change to the captured graph, to see what it would break. */
  readonly alter?: (graph: Graph) => Graph;
}

export interface Host {
  readonly url: string;
  /** Stops taking work, lets what runs end, and closes. */
  close(): Promise<void>;
}

const publishedPath = "/published";

/** Hosts the program on this machine: captures its resource graph and stands in for AWS under each of its resources. */
export async function startHost(options: HostOptions): Promise<Host> {
  const opened: (() => unknown)[] = [];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    return { ...(await openHost(options, (end) => opened.push(end))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `onClose` is told how to close each part, in the order of their opening. */
async function openHost(
  { port, dir, stack, say, log, alter = (graph) => graph }: HostOptions,
  onClose: (end: () => unknown) => void,
): Promise<Omit<Host, "close">> {
  await mkdir(dir, { recursive: true });
  const router = await startRouter(port, say);
  onClose(router.close);
  const stackConfig = { ...(await configOf(stack)), "darkroom:publishedUrl": `${router.url}${publishedPath}` };
  const { config, inbox } = await withFolders(stackConfig, dir);
  const graph = alter(await captureApart({ stack, config }));
  const region = config["aws:region"] ?? "";

  const secret = await secretOf(dir);
  const identities = identitiesOf(graph, secret);
  const operator = operatorOf(secret);
  const byKey = new Map([operator, ...identities.values()].map((identity) => [identity.accessKeyId, identity]));
  const authorize = createAuthorizer();
  const deps: EndpointDeps = { identityOf: (key) => byKey.get(key), authorize };

  const queueConfigs = queuesOf(graph);
  const queues = openQueues(queueConfigs, { dir: join(dir, "queues") });
  onClose(queues.close);
  const bus = createEventBus({
    rules: rulesOf(graph),
    authorize,
    policyOf: (arn) => queuePolicyOf(queueConfigs, arn),
    send: (arn, body) => void queues.send(arn, body),
    invokeAsync: (arn, event) => invokers.send(arn, event),
    warn: say,
  });
  const s3 = createS3({
    dir: join(dir, "objects"),
    buckets: bucketsOf(graph),
    onCreated: async (object) => bus.put(s3ObjectCreated(object, { region, account: accountId })),
    deps,
  });
  onClose(s3.close);
  const dynamo = await createDynamo({ dir: join(dir, "tables"), tables: tablesOf(graph, region), deps, authenticate });
  onClose(dynamo.close);
  const metadata = await createMetadata({ region });
  onClose(metadata.close);

  const endpoints = Object.fromEntries(
    Object.entries(awsPaths).map(([service, path]) => [`AWS_ENDPOINT_URL_${service}`, `${router.url}${path}`]),
  );
  const started = functionsOf(graph, identities, region).map((fn) =>
    createFunction(fn, {
      log: ({ instance, line }) => log({ name: shortName(fn), instance, line }),
      endpoints,
      metadata,
    }),
  );
  const functions = new Map(started.map((fn) => [fn.config.arn, fn]));
  const invokers = asyncInvokers(graph, started, {
    queues,
    warn: say,
    deadLetter: ({ config: fn }, destination, record) =>
      putDeadLetter(fn, `${router.url}${awsPaths.S3}`, destination, record, asyncFailureKey(fn.name)),
  });

  const routes: Routes = [
    [awsPaths.S3, s3.endpoint],
    [awsPaths.DYNAMODB, dynamo.endpoint],
    [awsPaths.SQS, sqsEndpoint(queues, deps)],
    [awsPaths.SECRETS_MANAGER, createSecrets({ secrets: secretsOf(graph), deps, authenticate })],
    [publishedPath, distributionRoute(graph, s3, accountId, publishedPath)],
    ["/api", apiRoute(graph, functions, operator)],
    ["/", site(fileURLToPath(new URL("../dist/web", import.meta.url)))],
  ];
  // The functions find their endpoints from the first event on; health is told once all is up.
  router.serve([[healthPath, starting], ...routes]);
  const client = new DynamoDBClient({ region, endpoint: `${router.url}${awsPaths.DYNAMODB}`, credentials: operator });
  for (const table of ofType(graph, "aws:dynamodb/table:Table").map((each) => text(each, "name")))
    await forgiveOpenAttempts({ log: dynamo.stream(table), client, table, mark: join(dir, `forgiven-${table}`) });
  client.destroy();

  s3.start();
  const mappings = await startMappings(graph, {
    dir: join(dir, "mappings"),
    region,
    functions,
    queues,
    streamOf: dynamo.stream,
    authorize,
    warn: say,
    deadLetter: (fn, ...given) => putDeadLetter(fn.config, `${router.url}${awsPaths.S3}`, ...given),
  });
  const schedules = startSchedules(graph, { authorize, send: invokers.send, warn: say });
  // A mapping ends when its batches have: both are told to stop before either is waited for.
  onClose(() =>
    Promise.all([schedules.close(), mappings.close(), invokers.close(), ...started.map((fn) => fn.close())]),
  );
  router.serve([[healthPath, healthy], ...routes]);
  if (inbox !== undefined) say(`Pictures put into ${inbox} are taken in within a minute or two.`);
  return { url: router.url };
}

const healthPath = "/health";
const starting: Route = async (_, response) => plain(response, 503, "Darkroom is starting.");
const healthy: Route = async (_, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}\n');
};

/** As Lambda names what it could not do asynchronously. */
const asyncFailureKey = (name: string) => `aws/lambda/async/${name}/${new Date().toISOString()}-${randomUUID()}`;

/** As Lambda does it: with the function's own role, under Lambda's own kind of key. */
async function putDeadLetter(
  { identity: { accessKeyId, secretAccessKey }, region }: FunctionConfig,
  endpoint: string,
  destinationArn: string,
  record: unknown,
  key: string,
): Promise<void> {
  const client = new S3Client({
    region,
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  try {
    const Bucket = destinationArn.split(":::")[1];
    const Body = JSON.stringify(record);
    await client.send(new PutObjectCommand({ Bucket, Key: key, Body, ContentType: "application/json" }));
  } finally {
    client.destroy();
  }
}

const awsPaths = {
  S3: "/aws/s3",
  DYNAMODB: "/aws/dynamodb",
  SQS: "/aws/sqs",
  SECRETS_MANAGER: "/aws/secretsmanager",
} as const;

/** The function with a URL is the API. On AWS a caller signs; on a laptop whoever sits at it is the caller. */
function apiRoute(graph: Graph, functions: ReadonlyMap<string, LambdaFunction>, caller: Identity): Route {
  const [url] = ofType(graph, "aws:lambda/functionUrl:FunctionUrl");
  if (url === undefined) throw new Error("GRAPH_BROKEN: expected a function URL for the API, but the graph has none.");
  const target = need(graph, "aws:lambda/function:Function", url.inputs["functionName"], url.name);
  const { invoke } = functions.get(text(target, "arn"))!;
  const domainName = new URL(text(url, "functionUrl")).host;
  return createFunctionUrl({ invoke, domainName, accountId, callerOf: () => caller });
}

/** The data folder's own secret, made at its first start. */
async function secretOf(dir: string): Promise<string> {
  const file = join(dir, "secret");
  try {
    await writeFile(file, randomBytes(32).toString("hex"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFile(file, "utf8");
}
