import { fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import type { Answer, Asked } from "./answers/asked.ts";
import { answer, answerCall } from "./answers.ts";
import type { Graph, Resource } from "./graph.ts";

export interface CaptureOptions {
  /** Name of the stack, such as `dev`. */
  readonly stack: string;
  /** Config with full keys, such as `darkroom:protect`; structures as JSON, as Pulumi hands them over. */
  readonly config: Readonly<Record<string, string>>;
  /** Keys of the config that are encrypted. */
  readonly secrets?: readonly string[];
  /** Answer as the first preview of a stack does: what AWS would make up is not known yet. @default false */
  readonly preview?: boolean;
  /** @default index.ts */
  readonly program?: () => Promise<unknown>;
}

/**
 * Runs the program under Pulumi's mock monitor and writes down all that it describes. Pulumi keeps
 * its state in globals, so the captures of one process wait for each other.
 * @throws what the program throws.
 */
export function capture(options: CaptureOptions): Promise<Graph> {
  const graph = last.then(() => captureNow(options));
  last = graph.catch(() => {});
  return graph;
}

/** The same in a process of its own, which takes Pulumi's memory with it when it ends. @throws the program's error, by code and message. */
export async function captureApart(options: Omit<CaptureOptions, "program">): Promise<Graph> {
  const child = fork(import.meta.filename, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let noise = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    noise += text;
  });
  let answered: Answered | undefined;
  child.on("message", (message: Answered) => {
    answered = message;
  });
  // Not as an argument: anybody on this machine can read those, and some of the config may be secret.
  child.send(options);
  await once(child, "close");
  if (answered?.graph) return answered.graph;
  throw Object.assign(
    new Error(answered?.message ?? `CAPTURE_FAILED: The program ended without a word. ${noise.trim()}`),
    { code: answered?.code },
  );
}

interface Answered {
  readonly graph?: Graph;
  readonly code?: string;
  readonly message?: string;
}

const project = "darkroom";
const root = resolve(import.meta.dirname, "..");
let last: Promise<unknown> = Promise.resolve();

/** Imported when asked for, and once: Pulumi calls what it exports. */
const indexProgram = async () => (await import("../index.ts")).default();

async function captureNow(options: CaptureOptions): Promise<Graph> {
  const { stack, config, secrets = [], preview = false, program = indexProgram } = options;
  const home = config["aws:region"] ?? "";
  const places = placesOf(home);
  const asked = { project, stack, home, preview };
  const resources: Resource[] = [];
  const problems: unknown[] = [];
  const note = (problem: unknown) => void problems.push(problem);

  const register = MockMonitor.prototype.registerResource;
  const { newUrn } = MockMonitor.prototype as unknown as Numbering;
  Object.assign(MockMonitor.prototype, { newUrn: urnWithin } satisfies Numbering);
  MockMonitor.prototype.registerResource = function (request: Registration, callback: Callback) {
    return register.call(this, request, (error: unknown, response: Registered) => {
      if (!error) {
        const resource = resourceOf(request, response, { ...asked, region: places.of(request) });
        places.note(resource);
        resources.push(resource);
      }
      callback(error, response);
    });
  };
  // Where a resource fails, Pulumi rejects promises that nobody holds.
  process.on("unhandledRejection", note);
  try {
    pulumi.runtime.setAllConfig({ ...config }, [...secrets]);
    await pulumi.runtime.setMocks(
      {
        newResource({ type, name, inputs, custom, provider }) {
          if (!custom || preview) return { id: undefined, state: inputs };
          const { id, outputs } = answer({ ...asked, type, name, inputs, region: places.by(provider) });
          return { id, state: { ...inputs, ...outputs } };
        },
        call: ({ token, provider }) => answerCall(token, places.by(provider)),
      },
      project,
      stack,
      preview,
    );
    // The program's own failure is kept back until Pulumi has come to rest: it keeps its state in globals.
    const outputs = await pulumi.runtime.runInPulumiStack(() => program().catch(note));
    await pulumi.runtime.disconnect();
    await setImmediate();
    if (problems.length > 0) throw problems[0];
    return { project, stack, resources, outputs: plain(outputs) as Record<string, unknown> };
  } finally {
    process.off("unhandledRejection", note);
    Object.assign(MockMonitor.prototype, { registerResource: register, newUrn });
  }
}

/** Where resources stand: in the Region of their provider, or of the one that they have from above, or at home. */
function placesOf(home: string) {
  const byUrn = new Map<string, string>();
  /** `<URN>::<id>`; the id is not known in a preview. */
  const by = (provider = "") => byUrn.get(provider.slice(0, provider.lastIndexOf("::"))) ?? home;
  return {
    by,
    of: (request: Registration): string => {
      const provider = request.getProvider() || request.getProvidersMap().get("aws");
      return provider ? by(provider) : (byUrn.get(request.getParent()) ?? home);
    },
    note: ({ urn, type, inputs, region }: Resource) =>
      void byUrn.set(urn, type === providerType ? String(inputs["region"]) : region),
  };
}
const providerType = "pulumi:providers:aws";

interface Numbering {
  newUrn(parent: string, type: string, name: string): string;
}
/** As Pulumi's engine does it, with the types of all that it lies in; the mock monitor itself takes the nearest alone. */
function urnWithin(parent: string, type: string, name: string): string {
  const above = parent.split("::")[2] ?? "";
  const within = above === "" || above === "pulumi:pulumi:Stack" ? type : `${above}$${type}`;
  return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${within}::${name}`;
}

/** What is used of Pulumi's RegisterResourceRequest. */
interface Registration {
  getType(): string;
  getName(): string;
  getParent(): string;
  /** `<URN>::<id>`, of a custom resource. */
  getProvider(): string;
  /** The same by package, of a component. */
  getProvidersMap(): { get(name: string): string | undefined };
  getCustom(): boolean;
  getProtect(): boolean;
  getDependenciesList(): string[];
  getPropertydependenciesMap(): {
    forEach(note: (from: { getUrnsList(): string[] }, property: string) => void): void;
  };
  getObject(): { toJavaScript(): unknown } | undefined;
}
interface Registered {
  getUrn(): string;
}
type Callback = (error: unknown, response: Registered) => void;

function resourceOf(
  request: Registration,
  response: Registered,
  asked: Pick<Asked, "project" | "stack" | "home" | "region"> & { preview: boolean },
): Resource {
  const [type, name, custom] = [request.getType(), request.getName(), request.getCustom()];
  const inputs = plain(request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>;
  const answered: Partial<Answer> = custom ? answer({ ...asked, type, name, inputs }) : {};
  const { id, outputs } = asked.preview ? unknownOf(answered, inputs) : answered;
  const propertyDependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((from, property) => {
    propertyDependencies[property] = from.getUrnsList();
  });
  return {
    urn: response.getUrn(),
    type,
    name,
    parent: request.getParent() || undefined,
    custom,
    region: asked.region,
    inputs,
    outputs: custom ? { ...inputs, ...outputs, id } : {},
    protect: request.getProtect(),
    dependencies: request.getDependenciesList(),
    propertyDependencies,
  };
}

/** Before a resource is made, only what the program itself says of it is known. */
const unknownOf = ({ outputs = {} }: Partial<Answer>, inputs: object) => ({
  id: unknownValue,
  outputs: Object.fromEntries(
    Object.keys(outputs)
      .filter((property) => !(property in inputs))
      .map((property) => [property, unknownValue]),
  ),
});

/** Pulumi's wire form as plain data: secrets opened, files and folders by their full path. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const { [signature]: kind, ...rest } = value as Record<string, unknown>;
  if (kind === secretSignature) return plain(rest["value"]);
  if (kind === archiveSignature || kind === assetSignature)
    return "path" in rest ? { path: resolve(root, String(rest["path"])) } : rest;
  return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, plain(inner)]));
}

const {
  specialSigKey: signature,
  specialSecretSig: secretSignature,
  specialArchiveSig: archiveSignature,
  specialAssetSig: assetSignature,
  unknownValue,
} = pulumi.runtime;

if (import.meta.main && process.send) {
  const [options] = (await once(process, "message")) as [CaptureOptions];
  const answered: Answered = await capture(options).then(
    (graph) => ({ graph }),
    ({ code, message }: NodeJS.ErrnoException) => ({ code, message }),
  );
  // A large graph takes more than one write: the channel is closed once it is through.
  process.send(answered, () => process.disconnect());
}
