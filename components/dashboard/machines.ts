import type { Inventory } from "../inventory.ts";
import { type Graph, line, type Section } from "./widgets.ts";

export function functions({ functions: all }: Inventory): Section {
  const ofEach = (metric: string) =>
    all.map(({ name, resource }) => line("AWS/Lambda", metric, { FunctionName: resource.name }, { label: name }));
  return {
    title: "Functions",
    says: "Failed and throttled calls are tried again; both should come to rest.",
    graphs: [
      { title: "Calls", lines: ofEach("Invocations"), stat: "Sum", stacked: true, width: 6 },
      { title: "Errors", lines: ofEach("Errors"), stat: "Sum", stacked: true, width: 6 },
      { title: "Throttles", lines: ofEach("Throttles"), stat: "Sum", stacked: true, width: 6 },
      { title: "Longest call, in milliseconds", lines: ofEach("Duration"), stat: "Maximum", width: 6 },
    ],
  };
}

export function queues({ queues: worked, lastStops, streams, functions: all }: Inventory): Section {
  const ofQueues = (list: Inventory["queues"], metric: string) =>
    list.map(({ name, resource }) => line("AWS/SQS", metric, { QueueName: resource.name }, { label: name }));
  const woken = all.filter(({ name }) => streams.some((stream) => stream.name === name));
  const ages = woken.map(({ name, resource }) =>
    line("AWS/Lambda", "IteratorAge", { FunctionName: resource.name }, { label: name }),
  );
  const ofStreams = (metric: string) =>
    streams
      .filter(({ counted }) => counted)
      .map(({ name, resource }) =>
        line("AWS/Lambda", metric, { EventSourceMappingUUID: resource.uuid }, { label: name }),
      );
  const graphs: readonly Graph[] = [
    { title: "Waiting", lines: ofQueues(worked, "ApproximateNumberOfMessagesVisible"), stat: "Maximum" },
    { title: "Oldest, in seconds", lines: ofQueues(worked, "ApproximateAgeOfOldestMessage"), stat: "Maximum" },
    {
      title: "In queues that should be empty",
      lines: ofQueues(lastStops, "ApproximateNumberOfMessagesVisible"),
      stat: "Maximum",
    },
    { title: "Changes, oldest in milliseconds", lines: ages, stat: "Maximum" },
    { title: "Changes that failed, and come again", lines: ofStreams("FailedInvokeEventCount"), stat: "Sum" },
    { title: "Changes put aside", lines: ofStreams("OnFailureDestinationDeliveredEventCount"), stat: "Sum" },
  ];
  return {
    title: "Queues and dead letters",
    says: "What waits, and what was given up: docs/runbooks/dead-letters.md.",
    graphs: graphs.filter(({ lines: drawn }) => drawn.length > 0),
  };
}

export function frontDoor({ httpApis }: Inventory): Section {
  const ofEach = (metric: string, label: string) =>
    httpApis.map(({ resource }) => line("AWS/ApiGateway", metric, { ApiId: resource.id }, { label }));
  return {
    title: "Front door",
    says: "What people and services asked of the API.",
    graphs: [
      { title: "Requests", lines: ofEach("Count", "requests"), stat: "Sum" },
      {
        title: "Refused, and faults of ours",
        lines: [...ofEach("4xx", "refused"), ...ofEach("5xx", "faults")],
        stat: "Sum",
      },
      { title: "Milliseconds, 19 of 20", lines: ofEach("Latency", "from first byte to last"), stat: "p95" },
    ],
  };
}
