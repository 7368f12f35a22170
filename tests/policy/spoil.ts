import type { Graph, Resource } from "../../local/graph.ts";

/** One thing made wrong in a graph that is right, the rule that has to find it, and what it has to say. */
export interface Spoil {
  readonly rule: string;
  readonly what: string;
  readonly spoil: Change;
  readonly says: RegExp;
}
export type Change = (resources: readonly Resource[]) => Resource[];
type Props = Readonly<Record<string, unknown>>;

/** Other values for some inputs of a resource, which show in its outputs, too. `undefined` takes one away. */
export const set =
  (name: string, values: Props | ((inputs: Props) => Props)): Change =>
  (resources) =>
    only(resources, name, (resource) => {
      const changed = typeof values === "function" ? values(resource.inputs) : values;
      return {
        ...resource,
        inputs: { ...resource.inputs, ...changed },
        outputs: { ...resource.outputs, ...changed },
      };
    });

export const unprotect =
  (name: string): Change =>
  (resources) =>
    only(resources, name, (resource) => ({ ...resource, protect: false }));

export const without =
  (...names: string[]): Change =>
  (resources) =>
    resources.filter((resource) => !names.some((name) => is(resource, name)));

/** One more resource; `inputs` may be made of the others. */
export const add =
  (type: string, name: string, inputs: Props | ((of: (name: string) => Props) => Props)): Change =>
  (resources) => {
    const of = (other: string) => resources.find((resource) => is(resource, other))!.outputs;
    const props = typeof inputs === "function" ? inputs(of) : inputs;
    const urn = `urn:pulumi:prod::darkroom::${type}::${name}`;
    const bare = { custom: true, protect: false, dependencies: [], propertyDependencies: {} };
    return [...resources, { ...bare, urn, type, name, inputs: props, outputs: { id: name, name, ...props } }];
  };

/** Other statements in a policy. */
export const policy = (name: string, change: (statements: Statement[]) => object[]): Change =>
  set(name, ({ policy }) => ({
    policy: JSON.stringify({ Version: "2012-10-17", Statement: change(JSON.parse(String(policy)).Statement) }),
  }));
export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string[];
  readonly Condition?: object;
}

/** One more statement in a policy. */
export const allow = (name: string, statement: object): Change =>
  policy(name, (statements) => [...statements, { Effect: "Allow", ...statement }]);

export const all =
  (...changes: Change[]): Change =>
  (resources) =>
    changes.reduce<Resource[]>((before, change) => change(before), [...resources]);

/** Resources that are not as they were. */
export const changedIn = ({ resources: before }: Graph, after: readonly Resource[]): Resource[] =>
  after.filter((resource) => !before.includes(resource));

const is = (resource: Resource, name: string) => resource.custom && resource.name === name;

function only(resources: readonly Resource[], name: string, change: (resource: Resource) => Resource): Resource[] {
  if (!resources.some((resource) => is(resource, name))) throw new Error(`Expected a resource ${name} to spoil.`);
  return resources.map((resource) => (is(resource, name) ? change(resource) : resource));
}
