import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { problems } from "../../handlers/api/problems.ts";
import { type ApiDocument, documentedCodes } from "../fixtures/api-document.ts";
import { startApi } from "../fixtures/memory-api.ts";
import { siteUrl } from "../fixtures/memory-frame.ts";

const document = async () => (await startApi().ask("/api/openapi.json")).body as ApiDocument;

describe("the OpenAPI document", () => {
  it("is valid, and says what it describes and where that is", async () => {
    const found = await document();
    const validator = new Validator();
    expect(await validator.validate(structuredClone(found) as never)).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    expect(found).toMatchObject({ openapi: "3.1.0", info: { title: "Darkroom" }, servers: [{ url: siteUrl }] });
  });

  it("describes every route there is, with a summary and what it may refuse", async () => {
    const { api } = startApi();
    const found = await document();
    const routes = api.routes.filter(({ method, path }) => method !== "ALL" && path !== "/api/openapi.json");
    const served = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const described = Object.entries(found.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual([...new Set(served)].sort());
    expect(described.length).toBeGreaterThan(15);
    for (const { operation } of documentedCodes(found)) expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
  });

  it("leaves open to strangers what must be, and nothing else", async () => {
    const { paths } = await document();
    const open = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, { security }]) => security?.length === 0)
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect(open.sort()).toEqual(["GET /health", "POST /api/sessions", "POST /api/sign-in"]);
  });

  it("gives each code the one status that it has", async () => {
    for (const { code, status } of documentedCodes(await document()))
      expect([code, problems[code].status]).toEqual([code, status]);
  });

  it("names every code that the API has, but the one that belongs to no route", async () => {
    const named = new Set(documentedCodes(await document()).map(({ code }) => code));
    const unnamed = Object.keys(problems).filter((code) => !named.has(code as keyof typeof problems));
    expect(unnamed.sort()).toEqual(["NO_ROUTE"]);
  });
});
