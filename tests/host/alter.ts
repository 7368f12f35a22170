import type { Graph, Resource } from "../../local/graph.ts";

/** Changes to the captured graph, to see what they would break. */

const alterResources = (
  graph: Graph,
  type: string,
  belongs: (resource: Resource) => boolean,
  change: (inputs: Record<string, unknown>) => Record<string, unknown>,
): Graph => {
  const isIt = (resource: Resource) => resource.type === type && belongs(resource);
  if (!graph.resources.some(isIt)) throw new Error(`Expected a ${type} to spoil, but there is none.`);
  return {
    ...graph,
    resources: graph.resources.map((resource) =>
      isIt(resource) ? { ...resource, inputs: change({ ...resource.inputs }) } : resource,
    ),
  };
};

/** Other inputs of one resource, by its logical name. */
export const altered = (
  graph: Graph,
  type: string,
  name: string,
  change: (inputs: Record<string, unknown>) => Record<string, unknown>,
): Graph => alterResources(graph, type, (resource) => resource.name === name, change);

/** Another value of one variable of a function. */
export const withVariable = (graph: Graph, actor: string, variable: string, value: string): Graph =>
  altered(graph, "aws:lambda/function:Function", `${actor}-fn`, ({ environment, ...rest }) => {
    const { variables } = environment as { variables: Record<string, string> };
    return { ...rest, environment: { variables: { ...variables, [variable]: value } } };
  });

const codeOf = ({ inputs }: Resource) => (inputs["code"] as { path: string }).path;
const functionOf = (graph: Graph, name: string) =>
  graph.resources.find(
    (resource) => resource.type === "aws:lambda/function:Function" && codeOf(resource).endsWith(`/${name}`),
  )!;

export function withoutAction(graph: Graph, actor: string, action: string): Graph {
  const { inputs } = functionOf(graph, actor);
  const role = graph.resources.find(
    ({ type, outputs }) => type === "aws:iam/role:Role" && outputs["arn"] === inputs["role"],
  )!;
  const mine = (resource: Resource) =>
    [role.outputs["id"], role.outputs["name"], role.outputs["arn"]].includes(resource.inputs["role"]) &&
    JSON.stringify(resource.inputs["policy"]).includes(action);
  return alterResources(graph, "aws:iam/rolePolicy:RolePolicy", mine, ({ policy, ...rest }) => {
    const text = typeof policy === "string" ? policy : JSON.stringify(policy);
    return { ...rest, policy: text.replaceAll(`"${action}"`, '"s3:NothingAtAll"') };
  });
}

export const withoutVariable = (graph: Graph, actor: string, variable: string): Graph =>
  alterResources(
    graph,
    "aws:lambda/function:Function",
    (resource) => codeOf(resource).endsWith(`/${actor}`),
    ({ environment, ...rest }) => {
      const { [variable]: _, ...variables } = (environment as { variables: Record<string, string> }).variables;
      return { ...rest, environment: { variables } };
    },
  );

export function withoutFilter(whole: Graph, actor: string): Graph {
  const { outputs } = functionOf(whole, actor);
  const graph = withoutPolicy(whole, `${actor}-trigger-subscription`);
  const mine = ({ inputs }: Resource) => [outputs["arn"], outputs["name"]].includes(inputs["functionName"]);
  return alterResources(
    graph,
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    mine,
    ({ filterCriteria: _, ...rest }) => rest,
  );
}

/** Where the actor listens to a topic, all that the topic is told comes. */
function withoutPolicy(graph: Graph, subscription: string): Graph {
  if (!graph.resources.some(({ name }) => name === subscription)) return graph;
  const type = "aws:sns/topicSubscription:TopicSubscription";
  return altered(graph, type, subscription, ({ filterPolicy: _, ...rest }) => rest);
}

/** One try after the first of what wakes an actor, rather than five, or many for a day on which CloudFront is busy. */
export function impatient(graph: Graph, actor: string): Graph {
  const queue = graph.resources.find(({ name }) =>
    [actor === "ingest" && "intake-queue", `${actor}-trigger-queue`].includes(name),
  );
  return queue === undefined
    ? altered(graph, "aws:lambda/eventSourceMapping:EventSourceMapping", `${actor}-trigger-mapping`, (inputs) => ({
        ...inputs,
        maximumRetryAttempts: 1,
      }))
    : altered(graph, "aws:sqs/queue:Queue", queue.name, ({ redrivePolicy, ...rest }) => ({
        ...rest,
        redrivePolicy: JSON.stringify({ ...JSON.parse(String(redrivePolicy)), maxReceiveCount: 2 }),
      }));
}
