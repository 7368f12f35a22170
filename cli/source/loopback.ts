import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CliError } from "../output.ts";

export interface Loopback {
  /** Where the browser is to be sent. */
  readonly redirect: string;
  /** The code, once the browser came with the right state. @throws CliError when the person refused */
  code(state: string): Promise<string>;
  close(): void;
}

/** A small server on this machine alone, as RFC 8252, 7.3 has it. */
export async function loopback(): Promise<Loopback> {
  const arrived = Promise.withResolvers<string>();
  let expected: string | undefined;
  const server = createServer(({ method, url = "/" }, response) => {
    const address = new URL(url, "http://127.0.0.1");
    if (method !== "GET" || address.pathname !== "/") return page(response, 404, "There is nothing here.");
    // Anybody on this machine can call; only the page that was opened knows the state.
    if (expected === undefined || address.searchParams.get("state") !== expected)
      return page(response, 403, "This is not the answer that is waited for. Open the address in the terminal again.");
    const answer = answerOf(address);
    page(
      response,
      200,
      answer instanceof CliError
        ? "Nothing was connected. See the terminal."
        : "Done. Go back to the terminal; this page can be closed.",
    );
    if (answer instanceof CliError) arrived.reject(answer);
    else arrived.resolve(answer);
  });
  // Whoever waits looks at the promise; nobody may be waiting any more when it fails.
  arrived.promise.catch(() => {});
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    redirect: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    code(state) {
      expected = state;
      return arrived.promise;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The code in the address that a browser ended at, pasted by hand. @throws CliError */
export function codeIn(pasted: string, state: string): string {
  const address = URL.canParse(pasted) ? new URL(pasted) : undefined;
  if (address?.searchParams.get("state") !== state)
    throw new CliError(
      "WRONG_ANSWER",
      "Expected the address that the browser ended at, whole, received something else.",
    );
  const answer = answerOf(address);
  if (answer instanceof CliError) throw answer;
  return answer;
}

function answerOf({ searchParams }: URL): string | CliError {
  const code = searchParams.get("code");
  if (code) return code;
  return new CliError(
    "DENIED",
    `Expected the access to be allowed, received ${searchParams.get("error") ?? "no code"}.`,
  );
}

function page(response: ServerResponse, status: number, sentence: string): void {
  const headers = { "content-type": "text/plain; charset=utf-8", connection: "close", "cache-control": "no-store" };
  response.writeHead(status, headers).end(sentence);
}
