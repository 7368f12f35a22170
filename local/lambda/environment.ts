import path from "node:path";
import { type FunctionConfig, FunctionConfigError, type FunctionDeps } from "./types.ts";

/**
 * The whole environment of one instance: what the graph says, what Lambda sets itself, and where
 * this host's endpoints are. Nothing of the host's own environment.
 */
export function environmentOf(
  config: FunctionConfig,
  { endpoints, metadata }: Pick<FunctionDeps, "endpoints" | "metadata">,
  logStream: string,
): Record<string, string> {
  const { identity, region } = config;
  const libraries = (config.layers ?? []).map((layer) => path.resolve(layer, "nodejs", "node_modules"));
  return {
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    ...(libraries.length > 0 ? { NODE_PATH: libraries.join(path.delimiter) } : {}),
    ...config.environment,
    _HANDLER: config.handler,
    LAMBDA_TASK_ROOT: path.resolve(config.codeDir),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(config),
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_METADATA_API: metadata.address,
    AWS_LAMBDA_METADATA_TOKEN: metadata.token,
    AWS_ACCESS_KEY_ID: identity.accessKeyId,
    AWS_SECRET_ACCESS_KEY: identity.secretAccessKey,
    AWS_SESSION_TOKEN: `session-of-${identity.accessKeyId}`,
    ...endpoints,
    ...(process.platform === "win32" ? { SystemRoot: process.env["SystemRoot"] ?? "C:\\Windows" } : {}),
  };
}

export const logGroupOf = ({ name }: Pick<FunctionConfig, "name">): string => `/aws/lambda/${name}`;

/** @throws FunctionConfigError for an environment or runtime that AWS would refuse. */
export function assertDeployable(config: FunctionConfig): void {
  const refuse = (detail: string): never => {
    throw new FunctionConfigError(config.name, detail);
  };
  if (!/^(nodejs|python|provided|java|dotnet|ruby)/.test(config.runtime))
    refuse(`expected a runtime such as nodejs24.x, but the graph says ${config.runtime}.`);
  const names = Object.keys(config.environment);
  const taken = names.filter((name) => reserved.has(name));
  if (taken.length > 0) refuse(`Lambda sets ${taken.join(", ")} itself and lets no function have its own. Rename it.`);
  const odd = names.filter((name) => !/^[a-zA-Z]\w+$/.test(name));
  if (odd.length > 0) refuse(`expected names of letters, digits and underscores, but the graph has ${odd.join(", ")}.`);
  const bytes = Buffer.byteLength(Object.entries(config.environment).flat().join(""));
  if (bytes > mostBytes)
    refuse(`expected at most ${mostBytes} bytes of environment, but ${names.join(", ")} take ${bytes}.`);
}

const mostBytes = 4096;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const reserved = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_METADATA_API",
  "AWS_LAMBDA_METADATA_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
]);
