import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { callersOf } from "./callers.ts";
import { captureApart } from "./capture.ts";
import { dataSecret } from "./data-secret.ts";
import { forgiveAll } from "./forgive.ts";
import type { Graph } from "./graph.ts";
import { regionOfArn } from "./lookup.ts";
import { mailboxPages } from "./mailbox/pages.ts";
import { awsPaths, endpointsAt, paths } from "./paths.ts";
import { inRegion, placeOf, reachable, regionPath, regionsOf } from "./regions.ts";
import { byOneName, plain, type Route, type Routes, startRouter } from "./router.ts";
import { openServices } from "./services.ts";
import { distributionRoutes } from "./wiring/distributions.ts";
import { laptopConfig } from "./wiring/laptop-config.ts";
import { openMetrics } from "./wiring/metrics.ts";
import { openRegion, type RunningRegion } from "./wiring/region.ts";
import { regionRoutes } from "./wiring/region-routes.ts";
import { restingIn } from "./wiring/resting.ts";
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
  /** Takes the place of what the stack's config says of the same keys, such as `darkroom:regions`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Milliseconds until what is written in one Region is in the others. @default 1000, about what AWS takes */
  readonly replicationDelayMs?: number;
  /** A change to the captured graph, to see what it would break. */
  readonly alter?: (graph: Graph) => Graph;
  /** Whether it counts for the table of permissions; not where a permission was altered on purpose. @default true */
  readonly testifies?: boolean;
}

export interface Host {
  readonly url: string;
  readonly regions: HostedRegions;
  /** Stops taking work, lets what runs end, and closes. */
  close(): Promise<void>;
}

/** The Regions that the program stands in, the home first. */
export interface HostedRegions {
  readonly names: readonly [string, ...string[]];
  /** Where programs ask a Region's own API, as `darkroom --to` does. */
  operatorsAt(region: string): string;
  /** All that runs there ends at once, nobody gets through to its services, and nothing is replicated to it or from it. */
  cut(region: string): Promise<void>;
  /** Goes on where it was, with what came meanwhile. */
  rejoin(region: string): Promise<void>;
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
  { port, dir, stack, say, log, config: given, replicationDelayMs = 1000, ...rest }: HostOptions,
  onClose: (end: () => unknown) => void,
): Promise<Omit<Host, "close">> {
  const { alter = (graph: Graph) => graph, testifies = true } = rest;
  await mkdir(dir, { recursive: true });
  const router = await startRouter(port, say);
  onClose(router.close);
  const { url } = router;
  const mailboxUrl = `${url}${paths.mailbox}`;
  const addresses = { site: url, published: `${url}${paths.published}`, mailbox: mailboxUrl };
  const { config, secrets, inbox, reviewer } = await laptopConfig(stack, dir, addresses, given);
  const { graph, sentences } = await restingIn(alter(await captureApart({ stack, config, secrets })));
  const home = config["aws:region"] ?? "";
  const names = regionsOf(graph, home);
  const away = new Set<string>();
  const isAway = (region: string) => away.has(region);
  const { identities, operator, deps } = callersOf(graph, await dataSecret(dir), testifies);

  const metrics = new Map(
    names.map((region) => {
      const path = region === home ? paths.metrics : `${regionPath(region)}${paths.metrics}`;
      const own = { dir: join(dir, placeOf("metrics", region, home)), path, warn: say };
      return [region, openMetrics(inRegion(graph, region), own)];
    }),
  );
  for (const each of metrics.values()) onClose(each.close);
  const services = await openServices(graph, {
    dir,
    regions: names,
    replicationDelayMs,
    mailboxUrl,
    deps,
    invokeAsync: (arn, event) => running.get(regionOfArn(arn))?.send(arn, event),
    onSent: (queue) => metrics.get(regionOfArn(queue.arn))?.sent(queue),
    onDelivery: (topic, delivery) => metrics.get(regionOfArn(topic.arn))?.delivered(topic, delivery),
    say,
    onClose,
  });
  const { s3, dynamo, queues } = services;
  const running = new Map<string, RunningRegion>();
  for (const region of names)
    running.set(
      region,
      await openRegion(inRegion(graph, region), {
        region,
        dir: join(dir, placeOf("mappings", region, home)),
        identities,
        authorize: deps.authorize,
        queues,
        streamOf: dynamo.stream,
        metrics: metrics.get(region)!,
        endpoints: endpointsAt(url),
        log,
        warn: say,
      }),
    );
  onClose(() => Promise.all([...running.values()].map((each) => each.close())));

  const distributions = distributionRoutes(graph, {
    s3,
    apis: new Map([...running.values()].flatMap(({ apis }) => [...apis])),
    isAway,
    sitePath: paths.site,
    publishedPath: paths.published,
  });
  const routes: Routes = [
    ...reachable(graph, services.routes, { isAway }),
    ...names.flatMap((region) =>
      regionRoutes(inRegion(graph, region), {
        ...running.get(region)!,
        isHome: region === home,
        path: regionPath(region),
        caller: operator,
        metrics: metrics.get(region)!,
        isAway: () => isAway(region),
      }),
    ),
    [paths.published, distributions.published],
    [paths.mailbox, mailboxPages(services.mailbox, paths.mailbox)],
    [paths.site, byOneName(url, distributions.site)],
  ];
  // The functions find their endpoints from the first event on; health is told once all is up.
  router.serve([[paths.health, starting], ...routes]);
  const forgive = (region: string) =>
    forgiveAll({
      tables: tablesOf(graph).filter((table) => table.region === region),
      dynamo,
      endpoint: `${url}${awsPaths.DYNAMODB}`,
      credentials: operator,
      markOf: (table) => join(dir, placeOf(`forgiven-${table}`, region, home)),
    });
  for (const region of names) await forgive(region);

  for (const each of metrics.values()) onClose(each.start(queues));
  s3.start();
  await Promise.all([...running.values()].map((each) => each.start()));
  router.serve([[paths.health, healthy], ...routes]);
  for (const sentence of sentences) say(sentence);
  if (names.length > 1) say(`It stands in ${names.join(" and ")}, each under ${url}${regionPath("…")}.`);
  if (inbox !== undefined) say(`Pictures put into ${inbox} are taken in within a minute or two.`);
  say(`Mails are not sent: they are read at ${mailboxUrl}.`);
  say(`What is measured is shown at ${url}${paths.metrics}.`);
  if (reviewer !== undefined)
    say(`Any address may sign in. ${reviewer} also decides about pictures that are in review.`);
  return {
    url,
    regions: {
      names,
      operatorsAt: (region) => `${url}${regionPath(region)}${paths.operators}`,
      async cut(region) {
        away.add(region);
        await Promise.all([running.get(region)?.cut(), dynamo.cut(region), s3.cut(region)]);
      },
      async rejoin(region) {
        away.delete(region);
        running.get(region)?.rejoin();
        await forgive(region);
        dynamo.rejoin(region);
        s3.rejoin(region);
        await running.get(region)?.start();
      },
    },
  };
}

const starting: Route = async (_, response) => plain(response, 503, "Darkroom is starting.");
const healthy: Route = async (_, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}\n');
};
