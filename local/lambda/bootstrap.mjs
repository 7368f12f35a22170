// One execution environment of a function: imports its bundle, then runs one invocation at a time
// for the host on the other end of the IPC channel. Plain JavaScript, because stripping types here
// would put some 18 MB and 50 ms on the function's account.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const send = process.send.bind(process);
// The channel is the host's; a function on AWS has none.
process.send = undefined;

// A host that was killed cannot say goodbye: its end of the channel closing is the only sign.
process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
// Ctrl-C in a terminal reaches every process; the host decides when a function stops.
process.on("SIGINT", () => {});

process.on("uncaughtException", (error) => die(error, 129));
process.on("unhandledRejection", (reason) => {
  const error = problem("Runtime.UnhandledPromiseRejection", String(reason));
  error.stack = reason?.stack ?? error.stack;
  die(error, 128);
});

const { LAMBDA_TASK_ROOT: root, _HANDLER: name } = process.env;
try {
  const handler = await load();
  process.on("message", async ({ event, context, deadline }) => {
    try {
      const result = await handler(JSON.parse(event), contextOf(context, deadline));
      send({ type: "result", body: JSON.stringify(result === undefined ? null : result) ?? "null" });
    } catch (error) {
      send({ type: "error", ...described(error) });
    }
  });
  send({ type: "ready" });
} catch (error) {
  die(error, 1);
}

async function load() {
  const [, file, exported] = /^((?:.*\/)?[^/.]+)\.(.+)$/.exec(name) ?? [];
  if (file === undefined)
    throw problem("Runtime.MalformedHandlerName", `Bad handler ${name}: expected <file>.<export>`);
  const found = [".js", ".mjs", ".cjs"].map((end) => path.join(root, file + end)).find((each) => existsSync(each));
  if (found === undefined) throw problem("Runtime.ImportModuleError", `Error: Cannot find module '${file}' in ${root}`);
  const module = await import(pathToFileURL(found).href).catch((error) => {
    if (error?.code === "ERR_MODULE_NOT_FOUND" || error?.code === "MODULE_NOT_FOUND")
      throw problem("Runtime.ImportModuleError", `Error: ${error.message}`);
    throw error;
  });
  const handler = exported.split(".").reduce((value, key) => value?.[key] ?? value?.default?.[key], module);
  if (typeof handler !== "function")
    throw problem("Runtime.HandlerNotFound", `${name} is undefined or not exported as a function`);
  if (handler.length >= 3)
    throw problem("Runtime.CallbackHandlerDeprecated", `${name} takes a callback, which Node 24 on Lambda refuses`);
  return handler;
}

function contextOf(context, deadline) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: "$LATEST",
    ...context,
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
}

function problem(type, message) {
  return Object.assign(new Error(message), { name: type });
}

function described(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, stack: error.stack }
    : { errorType: typeof error, errorMessage: String(error) };
}

function die(error, code) {
  send({ type: "error", fatal: true, ...described(error) }, () => process.exit(code));
}
