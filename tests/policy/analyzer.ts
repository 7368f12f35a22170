import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Graph, Resource } from "../../local/graph.ts";

export interface Violation {
  readonly rule: string;
  readonly level: "advisory" | "mandatory";
  readonly message: string;
  readonly urn: string;
}

/** What Pulumi's engine asks of a policy pack, over the same protocol. */
export interface Analyzer {
  /** Milliseconds from the start of the process until it answered its first call. */
  readonly startedIn: number;
  readonly rules: readonly { readonly name: string; readonly level: Violation["level"] }[];
  /** The rules' config as `--policy-pack-config` gives it; with `only`, all other rules are off. */
  configure(config: Readonly<Record<string, object>>, only?: readonly string[]): Promise<void>;
  /** Each resource by its inputs, before it is made, then all by their outputs, as a preview does. */
  analyze(graph: Pick<Graph, "resources">, changed?: readonly Resource[]): Promise<Violation[]>;
  close(): Promise<void>;
}

const root = resolve(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);
// Of Pulumi's own copy, to which the generated messages belong.
const requireOfPulumi = createRequire(require.resolve("@pulumi/pulumi"));
const grpc = requireOfPulumi("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
const { Struct } = requireOfPulumi("google-protobuf/google/protobuf/struct_pb.js");
const { Empty } = requireOfPulumi("google-protobuf/google/protobuf/empty_pb.js");
const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
const messages = require("@pulumi/pulumi/proto/analyzer_pb.js") as typeof import("@pulumi/pulumi/proto/analyzer_pb.js");

/** Starts the bundled pack as `pulumi preview --policy-pack policy` does: in its folder, by Pulumi's own launcher. */
export async function startAnalyzer(): Promise<Analyzer> {
  const began = performance.now();
  const launcher = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const child = spawn(process.execPath, [launcher, "127.0.0.1:1", "."], {
    cwd: resolve(root, "policy"),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(createInterface(child.stdout), "line");
  const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  const call = <T>(method: string, request: unknown): Promise<T> =>
    new Promise((done, fail) =>
      client[method](request, (error: unknown, answer: T) => (error ? fail(error) : done(answer))),
    );
  const info = await call<InstanceType<typeof messages.AnalyzerInfo>>("getAnalyzerInfo", new Empty());
  const startedIn = performance.now() - began;
  const rules = info.getPoliciesList().map((policy) => ({
    name: policy.getName(),
    level: levelOf(policy.getEnforcementlevel()),
  }));

  return {
    startedIn,
    rules,
    async configure(config, only) {
      const request = new messages.ConfigureAnalyzerRequest();
      for (const { name, level } of rules) {
        const one = new messages.PolicyConfig();
        const isOff = only !== undefined && !only.includes(name);
        one.setEnforcementlevel(
          messages.EnforcementLevel[isOff ? "DISABLED" : level === "mandatory" ? "MANDATORY" : "ADVISORY"],
        );
        one.setProperties(Struct.fromJavaScript(config[name] ?? {}));
        request.getPolicyconfigMap().set(name, one);
      }
      await call("configure", request);
    },
    async analyze({ resources }, changed = resources) {
      const found: Violation[] = [];
      const note = (answer: InstanceType<typeof messages.AnalyzeResponse>) =>
        found.push(
          ...answer.getDiagnosticsList().map((diagnostic) => ({
            rule: diagnostic.getPolicyname(),
            level: levelOf(diagnostic.getEnforcementlevel()),
            message: diagnostic.getMessage(),
            urn: diagnostic.getUrn(),
          })),
        );
      for (const resource of changed) note(await call("analyze", requestFor(resource)));
      const request = new messages.AnalyzeStackRequest();
      request.setResourcesList(resources.map(stackResource));
      note(await call("analyzeStack", request));
      return found;
    },
    async close() {
      client.close();
      child.kill();
      await once(child, "close");
    },
  };
}

const levelOf = (level: number): Violation["level"] =>
  level === messages.EnforcementLevel.MANDATORY ? "mandatory" : "advisory";

function requestFor({ urn, type, name, inputs, protect }: Resource) {
  const request = new messages.AnalyzeRequest();
  request.setUrn(urn).setType(type).setName(name).setOptions(optionsOf(protect)).setProperties(structOf(inputs));
  return request;
}

function stackResource(resource: Resource) {
  const { urn, type, name, outputs, protect, parent, dependencies, propertyDependencies = {} } = resource;
  const one = new messages.AnalyzerResource();
  one.setUrn(urn).setType(type).setName(name).setOptions(optionsOf(protect)).setProperties(structOf(outputs));
  one.setParent(parent ?? "").setDependenciesList([...dependencies]);
  for (const [property, urns] of Object.entries(propertyDependencies)) {
    const from = new messages.AnalyzerPropertyDependencies();
    one.getPropertydependenciesMap().set(property, from.setUrnsList([...urns]));
  }
  return one;
}

const optionsOf = (protect: boolean) => new messages.AnalyzerResourceOptions().setProtect(protect);

/** Without what is undefined, which the wire does not know. */
const structOf = (values: object) => Struct.fromJavaScript(JSON.parse(JSON.stringify(values)));
