import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Routes by path prefix, the first that fits; set once everything is up. */
export type Routes = readonly (readonly [prefix: string, route: Route])[];

export interface Router {
  readonly url: string;
  serve(routes: Routes): void;
  close(): Promise<void>;
}

/**
 * One HTTP server on 127.0.0.1 for the page, the API, the pictures and the AWS endpoints: one
 * origin, so that a browser needs no exceptions. It answers 503 until it has a route.
 */
export async function startRouter(port: number, say: (text: string) => void): Promise<Router> {
  let routes: Routes = [];
  let hosts: ReadonlySet<string> = new Set();
  const server = createServer((request, response) => {
    // A page of another site can point its own name at 127.0.0.1: only our own names are answered.
    if (!hosts.has(request.headers.host ?? "")) return plain(response, 421, "This address is not served here.");
    const path = new URL(request.url ?? "/", "http://any").pathname;
    const route = routes.find(
      ([prefix]) => path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`),
    )?.[1];
    if (route === undefined)
      return plain(
        response,
        routes.length === 0 ? 503 : 404,
        routes.length === 0 ? "Darkroom is starting." : "There is nothing here.",
      );
    route(request, response).catch((error: unknown) => {
      say(`${request.method} ${path} failed: ${error instanceof Error ? error.stack : String(error)}`);
      if (!response.headersSent) plain(response, 500, "Something went wrong here; the terminal says what.");
      else response.destroy();
    });
  });
  await listen(server, port);
  const at = (server.address() as AddressInfo).port;
  hosts = new Set([`127.0.0.1:${at}`, `localhost:${at}`]);
  return {
    url: `http://127.0.0.1:${at}`,
    serve(all) {
      routes = all;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A route to which browsers come by one name alone: a page's address is part of what it may do. */
export const byOneName =
  (url: string, route: Route): Route =>
  async (request, response) => {
    const reading = request.method === "GET" || request.method === "HEAD";
    if (!reading || request.headers.host === new URL(url).host) return route(request, response);
    response.writeHead(307, { location: new URL(request.url ?? "/", url).href }).end();
  };

export function plain(response: ServerResponse, status: number, sentence: string): void {
  response
    .writeHead(status, { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" })
    .end(`${sentence}\n`);
}

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
