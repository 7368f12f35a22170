import { accountId } from "../answers.ts";
import type { Authorize, Identity } from "../aws/types.ts";
import type { Graph, Resource } from "../graph.ts";
import { inRole } from "../identities.ts";
import { need, ofType, policyOf, text } from "../lookup.ts";

export interface SchedulesDeps {
  readonly authorize: Authorize;
  /** Keeps an event for a function that is invoked asynchronously. */
  readonly send: (functionArn: string, event: unknown) => void;
  readonly warn: (text: string) => void;
}

/**
 * Starts every EventBridge schedule of the graph. The first call of a rate comes soon, so that nobody
 * has to wait out an interval after a start.
 * @throws Error `SCHEDULE_DENIED` for what AWS would refuse to create, `SCHEDULE_UNSUPPORTED` for what this host cannot keep.
 */
export function startSchedules(graph: Graph, deps: SchedulesDeps): { close(): void } {
  const timers = ofType(graph, "aws:scheduler/schedule:Schedule").flatMap((schedule) => {
    const call = callOf(graph, schedule, deps);
    const start = timersOf(schedule);
    return schedule.inputs["state"] === "DISABLED" ? [] : start(call);
  });
  return { close: () => timers.forEach(clearTimeout) };
}

const firstCallMs = 2000;

function callOf(graph: Graph, schedule: Resource, { authorize, send, warn }: SchedulesDeps): () => void {
  const { name } = schedule;
  const { arn, roleArn, input } = schedule.inputs["target"] as Target;
  const fn = text(need(graph, "aws:lambda/function:Function", arn, `schedule ${name}`), "arn");
  const role = need(graph, "aws:iam/role:Role", roleArn, `schedule ${name}`);
  expectTrust(graph, schedule, role, authorize);
  const identity = inRole(graph, role, "scheduler");
  const event: unknown = JSON.parse(input ?? "{}");
  return () => {
    const decision = authorize(identity, { action: "lambda:InvokeFunction", resource: fn });
    if (decision.allowed) send(fn, event);
    else warn(`schedule ${name}: a call did not reach ${fn}: ${decision.because}. Grant it to the schedule's role.`);
  };
}

interface Target {
  readonly arn: string;
  readonly roleArn: string;
  /** JSON text. */
  readonly input?: string;
}

/** AWS creates a schedule only with a role that the Scheduler may take on, for the schedule's group. */
function expectTrust(graph: Graph, { name, inputs, outputs }: Resource, role: Resource, authorize: Authorize): void {
  const group = need(graph, "aws:scheduler/scheduleGroup:ScheduleGroup", outputs["groupName"], `schedule ${name}`);
  const trust = policyOf(role.inputs["assumeRolePolicy"]);
  const resource = text(role, "arn");
  const decision = authorize(scheduler, {
    action: "sts:AssumeRole",
    resource,
    context: { "aws:SourceArn": text(group, "arn"), "aws:SourceAccount": accountId },
    // Who may assume a role is said without naming the role.
    resourcePolicy: { ...trust, Statement: [trust.Statement].flat().map((each) => ({ ...each, Resource: resource })) },
  });
  if (decision.allowed) return;
  throw new Error(
    `SCHEDULE_DENIED: AWS would not create schedule ${name} (${inputs["scheduleExpression"]}): ${decision.because}. Let scheduler.amazonaws.com assume its role.`,
  );
}

const scheduler: Identity = { arn: "scheduler.amazonaws.com", accessKeyId: "", secretAccessKey: "", policies: [] };

/** How a schedule's expression is kept. */
function timersOf({ name, inputs }: Resource): (call: () => void) => NodeJS.Timeout[] {
  const expression = String(inputs["scheduleExpression"]);
  const [, count, unit = ""] = /^rate\(([1-9]\d*) (minute|hour)s?\)$/.exec(expression) ?? [];
  const interval = Number(count) * unitMs[unit]!;
  // Beyond this a timer of Node would run at once.
  if (interval < 2 ** 31) return (call) => [setTimeout(call, firstCallMs), setInterval(call, interval)];
  const [, minute, hour] = /^cron\(([0-5]?\d) (1?\d|2[0-3]) \* \* \? \*\)$/.exec(expression) ?? [];
  if (minute !== undefined && hour !== undefined) {
    const timeZone = String(inputs["scheduleExpressionTimezone"] ?? "UTC");
    return (call) => [daily(call, `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`, timeZone)];
  }
  throw new Error(
    `SCHEDULE_UNSUPPORTED: expected schedule ${name} to be a rate in minutes or hours, at most 596 hours, or a time of every day, as in cron(0 7 * * ? *), received ${expression}. Change it, or teach local/wiring/schedules.ts about it.`,
  );
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000 };

/** Looks at the clock three times a minute: a machine may sleep, and a time zone put its clocks back. */
function daily(call: () => void, time: string, timeZone: string): NodeJS.Timeout {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
  let last = 0;
  return setInterval(() => {
    const now = Date.now();
    if (clock.format(now) !== time || now - last < 2 * 3_600_000) return;
    last = now;
    call();
  }, 20_000);
}
