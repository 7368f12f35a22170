import type { Identity } from "../aws/types.ts";

/** One function of the graph, as the host runs it. */
export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  /** Folder of the bundle: the very one that is deployed. */
  readonly codeDir: string;
  /** `<file>.<export>`, such as `index.handler`. */
  readonly handler: string;
  /** Lambda's name of it, such as `nodejs24.x` or `python3.13`. */
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Below zero, as Pulumi writes it, means none is reserved. */
  readonly reservedConcurrency?: number;
  /** Exactly what the graph says; Lambda's own variables are added. */
  readonly environment: Readonly<Record<string, string>>;
  /** The execution role. */
  readonly identity: Identity;
  readonly region: string;
  /** Unpacked layers; their `nodejs/node_modules` is searched after the bundle's own. */
  readonly layers?: readonly string[];
}

export interface FunctionDeps {
  readonly log: (entry: FunctionLog) => void;
  /** Is told of each invocation that has ended. */
  readonly measure?: (invocation: Invocation) => void;
  /** `AWS_ENDPOINT_URL_S3` and its like: where the SDK finds this host. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly metadata: { readonly address: string; readonly token: string };
  /** Most instances of one function at once, whatever it reserves. @default 2 */
  readonly instances?: number;
  /** How long an instance may stand idle. @default 60 */
  readonly idleSeconds?: number;
}

export interface FunctionLog {
  readonly function: string;
  /** Log stream of the execution environment. */
  readonly instance: string;
  readonly line: string;
}

export interface Invocation {
  readonly event: unknown;
  readonly ok: boolean;
  /** Without the time before it had an instance, and that instance's start. */
  readonly ms: number;
  /** How many ran when it began, itself among them. */
  readonly concurrent: number;
}

/** How one invocation ended. Errors have the types that Lambda gives them. */
export type Outcome = Succeeded | Failed;
export interface Succeeded {
  readonly ok: true;
  readonly requestId: string;
  readonly result: unknown;
}
export interface Failed {
  readonly ok: false;
  readonly requestId: string;
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stack?: string;
}

export interface LambdaFunction {
  readonly config: FunctionConfig;
  /**
   * Runs the function once. Waits while every instance is busy: being throttled is no failure.
   * @throws FunctionClosed when the host shuts down first, and the signal's reason when it aborts;
   * in both cases nothing is known of the outcome.
   */
  readonly invoke: Invoke;
  /** Ends idle instances at once and busy ones after `graceMs` (default 5000) at the latest. */
  close(graceMs?: number): Promise<void>;
}

export type Invoke = (event: unknown, options?: { readonly signal?: AbortSignal }) => Promise<Outcome>;

/** The host stopped before the invocation ended. It counts as neither success nor failure. */
export class FunctionClosed extends Error {
  override readonly name = "FunctionClosed";
  readonly code = "CLOSED";
  constructor(functionName: string) {
    super(
      `[${functionName}] CLOSED: the host stopped before this invocation ended. It runs again when the host is back.`,
    );
  }
}

/** The graph asks for what Lambda would refuse. */
export class FunctionConfigError extends Error {
  override readonly name = "FunctionConfigError";
  readonly code = "FUNCTION_CONFIG";
  constructor(functionName: string, detail: string) {
    super(`[${functionName}] FUNCTION_CONFIG: ${detail}`);
  }
}
