import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** One thing of the stack, by its logical name without its kind: `ingest`, not `ingest-fn`. */
interface Thing<R> {
  readonly name: string;
  readonly resource: R;
  /** Types of the components that it lies in. */
  readonly within: readonly string[];
}

/** All in the stack that can be looked at, in the order of its making. */
export interface Inventory {
  readonly functions: Thing<aws.lambda.Function>[];
  /** Queues that somebody works on. */
  readonly queues: Thing<aws.sqs.Queue>[];
  /** Queues that should be empty. */
  readonly lastStops: Thing<aws.sqs.Queue>[];
  /** Mappings of streams; AWS counts the events of those that ask for it. */
  readonly streams: (Thing<aws.lambda.EventSourceMapping> & { readonly counted: boolean })[];
  readonly httpApis: Thing<aws.apigatewayv2.Api>[];
  readonly alarms: (Thing<aws.cloudwatch.MetricAlarm> & { readonly metric: unknown })[];
}

/**
 * Begins an inventory: what is made from now on is written down. So whatever comes to the stack is
 * on its dashboard, and no component hands its parts through all those above it.
 */
export function takeInventory(): Inventory {
  const inventory: Inventory = { functions: [], queues: [], lastStops: [], streams: [], httpApis: [], alarms: [] };
  const within = new Map<pulumi.Resource | undefined, readonly string[]>();
  pulumi.runtime.registerStackTransformation(({ resource, type, name, props, opts }) => {
    const above = within.get(opts.parent) ?? [];
    within.set(resource, [...above, type]);
    const thing = <R>(kind: string) => ({
      name: name.replace(new RegExp(`-${kind}$`), ""),
      resource: resource as R,
      within: above,
    });
    switch (type) {
      case "aws:lambda/function:Function":
        inventory.functions.push(thing("fn"));
        break;
      case "aws:sqs/queue:Queue":
        (props["redrivePolicy"] === undefined ? inventory.lastStops : inventory.queues).push(thing("queue"));
        break;
      case "aws:lambda/eventSourceMapping:EventSourceMapping":
        if (props["startingPosition"] !== undefined)
          inventory.streams.push({ ...thing("trigger-mapping"), counted: props["metricsConfig"] !== undefined });
        break;
      case "aws:apigatewayv2/api:Api":
        inventory.httpApis.push(thing("api"));
        break;
      case "aws:cloudwatch/metricAlarm:MetricAlarm":
        inventory.alarms.push({ ...thing("alarm"), metric: props["metricName"] });
    }
    return undefined;
  });
  return inventory;
}

/** What of it stands in one Region; at home, with what stands in none. */
export function standingIn(inventory: Inventory, region: string, isHome: boolean): Inventory {
  const here = <T extends Thing<unknown>>(things: T[]) =>
    things.filter(({ within }) => {
      const place = within.find((type) => type.startsWith(regionType("")));
      return place === undefined ? isHome : place === regionType(region);
    });
  const { functions, queues, lastStops, streams, httpApis, alarms } = inventory;
  return {
    functions: here(functions),
    queues: here(queues),
    lastStops: here(lastStops),
    streams: here(streams),
    httpApis: here(httpApis),
    alarms: here(alarms),
  };
}

/** Of the component that holds all that stands in a Region. */
export const regionType = (name: string): string => `darkroom:region:${name}`;
