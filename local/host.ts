import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { callersOf } from "./callers.ts";
import { captureApart } from "./capture.ts";
import { dataSecret } from "./data-secret.ts";
import { forgiveOpenAttempts } from "./forgive.ts";
import type { Graph } from "./graph.ts";
import { createFunction } from "./lambda/function.ts";
import { createMetadata } from "./lambda/metadata.ts";
import type { FunctionConfig } from "./lambda/types.ts";
import { mailboxPages } from "./mailbox/pages.ts";
import { awsPaths, endpointsAt, paths } from "./paths.ts";
import { byOneName, plain, type Route, type Routes, startRouter } from "./router.ts";
import { openServices } from "./services.ts";
import { asyncInvokers } from "./wiring/async.ts";
import { asyncFailureKey, putDeadLetter } from "./wiring/dead-letters.ts";
import { distributionRoutes } from "./wiring/distributions.ts";
import { functionsOf, shortName } from "./wiring/functions.ts";
import { httpApisOf } from "./wiring/http-apis.ts";
import { laptopConfig } from "./wiring/laptop-config.ts";
import { startMappings } from "./wiring/mappings.ts";
import { openMetrics } from "./wiring/metrics.ts";
import { operatorsDoor } from "./wiring/operators-door.ts";
import { startSchedules } from "./wiring/schedules.ts";
import { tablesOf } from "./wiring/tables.ts";

/** One line that a function wrote, under the name that people call it by. */
export type FunctionLog = (entry: { readonly name: string; readonly instance: string; readonly line: string }) => void;

export interface HostOptions {
  /** On 127.0.0.1; 0 picks a free one. */
  readonly port: number;
  /** Keeps everything: objects, tables, queues, mails, how far each mapping has come. */
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
  const { url } = router;
  const mailboxUrl = `${url}${paths.mailbox}`;
  const addresses = { site: url, published: `${url}${paths.published}`, mailbox: mailboxUrl };
  const { config, secrets, inbox, reviewer } = await laptopConfig(stack, dir, addresses);
  const graph = alter(await captureApart({ stack, config, secrets }));
  const region = config["aws:region"] ?? "";
  const { identities, operator, deps } = callersOf(graph, await dataSecret(dir));
  const { authorize } = deps;

  const metrics = openMetrics(graph, { dir: join(dir, "metrics"), warn: say });
  onClose(metrics.close);
  const services = await openServices(graph, {
    dir,
    region,
    mailboxUrl,
    deps,
    invokeAsync: (arn, event) => invokers.send(arn, event),
    onSent: metrics.sent,
    say,
    onClose,
  });
  const { s3, dynamo, queues } = services;
  const metadata = await createMetadata({ region });
  onClose(metadata.close);

  const started = functionsOf(graph, identities, region).map((fn) =>
    createFunction(fn, {
      log({ instance, line }) {
        metrics.line(fn, line);
        log({ name: shortName(fn), instance, line });
      },
      measure: (invocation) => metrics.invoked(fn, invocation),
      endpoints: endpointsAt(url),
      metadata,
    }),
  );
  const functions = new Map(started.map((fn) => [fn.config.arn, fn]));
  const giveUp = (fn: FunctionConfig, ...given: DeadLetter) => putDeadLetter(fn, `${url}${awsPaths.S3}`, ...given);
  const invokers = asyncInvokers(graph, started, {
    queues,
    warn: say,
    deadLetter: ({ config: fn }, destination, record) => giveUp(fn, destination, record, asyncFailureKey(fn.name)),
  });

  const apis = httpApisOf(graph, { functions, authorize, measure: metrics.answered, warn: say });
  const { site, published } = distributionRoutes(graph, {
    s3,
    apis,
    sitePath: paths.site,
    publishedPath: paths.published,
  });
  const routes: Routes = [
    ...services.routes,
    [paths.operators, operatorsDoor(graph, { functions, caller: operator, prefix: paths.operators })],
    [paths.published, published],
    [paths.mailbox, mailboxPages(services.mailbox, paths.mailbox)],
    [paths.metrics, metrics.route],
    [paths.site, byOneName(url, site)],
  ];
  // The functions find their endpoints from the first event on; health is told once all is up.
  router.serve([[paths.health, starting], ...routes]);
  for (const { name, streamArn, region } of tablesOf(graph)) {
    const client = new DynamoDBClient({ region, endpoint: `${url}${awsPaths.DYNAMODB}`, credentials: operator });
    const log = dynamo.stream(streamArn ?? "");
    await forgiveOpenAttempts({ log, client, table: name, mark: join(dir, `forgiven-${name}`) });
    client.destroy();
  }

  onClose(metrics.start(queues));
  s3.start();
  // A mapping ends when its batches have: all are told to stop before any is waited for.
  const running: { close(): unknown }[] = [invokers, ...started];
  onClose(() => Promise.all(running.map((each) => each.close())));
  const mappings = await startMappings(graph, {
    dir: join(dir, "mappings"),
    region,
    functions,
    queues,
    streamOf: dynamo.stream,
    authorize,
    warn: say,
    measure: metrics.mapped,
    deadLetter: (fn, ...given) => giveUp(fn.config, ...given),
  });
  running.push(mappings);
  running.push(startSchedules(graph, { authorize, send: invokers.send, warn: say }));
  router.serve([[paths.health, healthy], ...routes]);
  if (inbox !== undefined) say(`Pictures put into ${inbox} are taken in within a minute or two.`);
  say(`Mails are not sent: they are read at ${mailboxUrl}.`);
  say(`What is measured is shown at ${url}${paths.metrics}.`);
  if (reviewer !== undefined)
    say(`Any address may sign in. ${reviewer} also decides about pictures that are in review.`);
  return { url };
}

type DeadLetter = [destinationArn: string, record: unknown, key: string];

const starting: Route = async (_, response) => plain(response, 503, "Darkroom is starting.");
const healthy: Route = async (_, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}\n');
};
