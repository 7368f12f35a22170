import { describe, expect, it } from "vitest";
import type { Exporting } from "../../handlers/api/exports.ts";
import type { ProblemCode } from "../../handlers/api/problems.ts";
import { mostBeginnings } from "../../handlers/api/uploads.ts";
import { previewKey } from "../../handlers/object-keys.ts";
import { type ApiDocument, documentedCodes } from "../fixtures/api-document.ts";
import { limits, startApi, twoRegions, withArchived, withPictures } from "../fixtures/memory-api.ts";
import { type Asking, refusal } from "../fixtures/memory-frame.ts";
import { quotas } from "../fixtures/memory-identity.ts";
import { place } from "../fixtures/memory-ports.ts";

/** Every refusal that the OpenAPI document promises is brought about here, route by route. */
const documented = documentedCodes((await startApi().ask("/api/openapi.json")).body as ApiDocument);

const ann = "ann@example.com";
const file = { name: "a.jpg", type: "image/jpeg", bytes: 1 };
const manyBytes = JSON.stringify("x".repeat(70_000));

/** What each route takes without complaint of its shape. */
const bodies: Readonly<Record<string, unknown>> = {
  "/api/sign-in": { email: ann },
  "/api/sessions": { code: "0".repeat(26) },
  "/api/uploads": { files: [file] },
  "/api/uploads/{pictureId}/sign": { step: "create" },
  "/api/pictures/{id}/review": { verdict: "accept", reason: "" },
  "/api/pictures/{id}/restore": { tier: "expedited" },
  "/api/digest": { day: "today" },
  "/api/redrive": {},
  "/api/regions/{region}": { out: true },
  "/api/exports": { from: "2026-11-21", to: "2026-11-22" },
};

const noExports: Exporting = {
  place: { bucket: "exports", region: "eu-west-1", database: "darkroom", workgroup: "darkroom" },
  store: { read: async () => undefined, write: async () => {} },
  sign: async (key) => key,
  wake: async () => {},
};

/** Codes that the frame answers, the same way for every route. */
const common: Partial<Record<ProblemCode, Asking>> = {
  NOT_BY_THE_DOOR: { headers: { "x-darkroom-door": "guess" } },
  SIGN_IN_FIRST: {},
  OTHER_ORIGIN: { by: ann, headers: { origin: "https://evil.example" } },
  BODY_TOO_LARGE: { by: ann, body: manyBytes },
  NOT_JSON: { by: ann, headers: { "content-type": "text/plain" } },
  BAD_JSON: { by: ann, body: "{" },
};

/** The others, each by what it takes. */
const special: Readonly<Record<string, (method: string) => Promise<unknown>>> = {
  "POST /api/sign-in BAD_EMAIL": post("/api/sign-in", { email: "ann" }),
  "POST /api/sign-in NO_MAIL": (method) =>
    startApi({ mail: null }).ask("/api/sign-in", { method, body: { email: ann } }),
  "POST /api/sign-in TOO_MANY": again(quotas.codesPerIp, "/api/sign-in"),
  "POST /api/sessions BAD_CODE": post("/api/sessions"),
  "POST /api/sessions TOO_MANY": again(quotas.codesPerIp, "/api/sessions"),
  "POST /api/uploads BAD_FILES": post("/api/uploads", { files: [] }),
  "POST /api/uploads QUOTA_SPENT": (method) =>
    startApi({ quotas: { ...quotas, filesPerPerson: 1 } }).ask("/api/uploads", {
      method,
      by: ann,
      body: { files: [file, file] },
    }),
  "POST /api/uploads/{pictureId}/sign QUOTA_SPENT": async (method) => {
    const { ask } = startApi();
    const body = { files: [{ ...file, bytes: limits.maxBytes }], parts: true };
    const [{ pictureId }] = (await ask("/api/uploads", { method, by: ann, body })).body.uploads;
    const create = { method, by: ann, body: { step: "create" } };
    for (let time = 0; time < mostBeginnings; time++) await ask(`/api/uploads/${pictureId}/sign`, create);
    return ask(`/api/uploads/${pictureId}/sign`, create);
  },
  "POST /api/uploads/{pictureId}/sign NO_UPLOAD": post("/api/uploads/7/sign", { step: "create" }),
  "POST /api/uploads/{pictureId}/sign BAD_STEP": post("/api/uploads/7/sign", { step: "jump" }),
  "GET /api/pictures BAD_LIMIT": get("/api/pictures?limit=0"),
  "GET /api/pictures BAD_PAGE": get("/api/pictures?next=yesterday"),
  "GET /api/reviews BAD_PAGE": get("/api/reviews?next=yesterday", "operator"),
  "GET /api/pictures/{id} NO_PICTURE": get("/api/pictures/7"),
  "GET /api/pictures/{id}/markup NO_PICTURE": get("/api/pictures/7/markup"),
  "GET /api/pictures/{id}/preview NO_PICTURE": get("/api/pictures/7/preview", "operator"),
  "POST /api/pictures/{id}/review NO_PICTURE": post("/api/pictures/7/review", undefined, "operator"),
  "POST /api/pictures/{id}/review BAD_REVIEW": post("/api/pictures/7/review", { verdict: "maybe" }, "operator"),
  "POST /api/exports EXPORTS_OFF": post("/api/exports", undefined, "operator"),
  "GET /api/exports EXPORTS_OFF": get("/api/exports", "operator"),
  "GET /api/exports/{id} EXPORTS_OFF": get("/api/exports/7", "operator"),
  "GET /api/exports/{id} NO_EXPORT": (method) =>
    startApi({ exporting: noExports }).ask("/api/exports/7", { method, by: "operator" }),
  "POST /api/pictures/{id}/restore NO_PICTURE": post("/api/pictures/7/restore", {}, "operator"),
  "POST /api/pictures/{id}/restore BAD_RESTORE": post("/api/pictures/7/restore", { days: 0 }, "operator"),
  "POST /api/pictures/{id}/restore NOT_ARCHIVED": async (method) => {
    const { ask, first } = await withPictures(1);
    return ask(`/api/pictures/${first.pictureId}/restore`, { method, by: "operator", body: {} });
  },
  "POST /api/pictures/{id}/restore NOT_SO_FAST": async (method) => {
    const { ask, pictureId } = await withArchived();
    const body = bodies["/api/pictures/{id}/restore"];
    return ask(`/api/pictures/${pictureId}/restore`, { method, by: "operator", body });
  },
  "POST /api/pictures/{id}/restore BUSY": async (method) => {
    const { catalog, pictureId } = await withArchived();
    const { ask } = startApi({ catalog: { ...catalog, amend: async () => false } });
    return ask(`/api/pictures/${pictureId}/restore`, { method, by: "operator", body: {} });
  },
  "POST /api/digest NO_DIGEST": post("/api/digest", undefined, "operator"),
  "POST /api/redrive BAD_REDRIVE": post("/api/redrive", { really: "yes" }, "operator"),
  "POST /api/redrive BAD_PAGE": post("/api/redrive", { next: "{}" }, "operator"),
  "POST /api/regions/{region} BAD_REGION": post("/api/regions/x", { out: "yes" }, "operator"),
  "POST /api/regions/{region} NOT_ALLOWED": post("/api/regions/x", { out: true }),
  "POST /api/regions/{region} NO_REGION": post("/api/regions/mars", { out: true }, "operator"),
  "POST /api/regions/{region} OWN_REGION": post("/api/regions/eu-west-1", { out: true }, "operator"),
  "POST /api/regions/{region} LAST_REGION": async (method) => {
    const { ask, here } = twoRegions();
    here.said.set("eu-west-1", { out: true, at: "2026-11-23T11:00:00.000Z", by: "olga" });
    return ask("/api/regions/eu-central-1", { method, by: "operator", body: { out: true } });
  },
  "POST /api/regions/{region} NOT_AGREED": async (method) => {
    const { ask } = twoRegions();
    await ask("/api/regions/eu-central-1", { method, by: "operator", body: { out: true } });
    return ask("/api/regions/eu-central-1", { method, by: "operator", body: { out: false } });
  },
  "POST /api/regions/{region} BUSY": async (method) => {
    const { here } = twoRegions();
    const { ask } = twoRegions({ ...here, say: async () => false });
    return ask("/api/regions/eu-central-1", { method, by: "operator", body: { out: true } });
  },
  "DELETE /api/pictures/{id} NO_PICTURE": (method) => startApi().ask("/api/pictures/7", { method, by: ann }),
  "DELETE /api/pictures/{id} BUSY": async (method) => {
    const { first, catalog } = await withPictures(1);
    const { ask } = startApi({ catalog: { ...catalog, move: async () => false } });
    return ask(`/api/pictures/${first.pictureId}`, { method, by: "operator" });
  },
  "GET /api/pictures/{id}/markup NOT_PUBLISHED": async () => {
    const { ask, first } = await withPictures(1);
    return ask(`/api/pictures/${first.pictureId}/markup`, { by: "operator" });
  },
  "GET /api/pictures/{id}/preview NO_PREVIEW": async () => {
    const { ask, first, working } = await withPictures(1);
    await working.remove(previewKey(first.pictureId));
    return ask(`/api/pictures/${first.pictureId}/preview`, { by: "operator" });
  },
  "GET /api/pictures/{id}/preview PREVIEW_AWAY": async () => {
    const silent = () => Promise.reject(new Error("no answer"));
    const workingElsewhere = new Map([[place.region, { read: silent, remove: silent }]]);
    const { ask, first } = await withPictures(1, { workingElsewhere });
    return ask(`/api/pictures/${first.pictureId}/preview`, { by: "operator" });
  },
  "POST /api/pictures/{id}/review NOT_IN_REVIEW": async (method) => {
    const { ask, first } = await withPictures(1);
    const asked = { method, by: "operator", body: bodies["/api/pictures/{id}/review"] };
    await ask(`/api/pictures/${first.pictureId}/review`, asked);
    return ask(`/api/pictures/${first.pictureId}/review`, asked);
  },
};

describe("every refusal that is documented", () => {
  it.each(documented)("$method $path $code", async ({ method, path, code }) => {
    const asked = { method, body: method === "GET" ? undefined : bodies[path] };
    const route = path.replaceAll(/{\w+}/g, "7");
    const own = special[`${method} ${path} ${code}`];
    if (own) expect(await own(method)).toEqual(refusal(code));
    else if (code === "UNEXPECTED") {
      const { ask, people, faults } = startApi();
      const trouble = new Error("The table is gone.");
      people.session = async () => {
        throw trouble;
      };
      expect(await ask(route, { ...asked, by: ann })).toEqual(refusal(code));
      expect(faults).toEqual([trouble]);
    } else if (code === "BAD_REQUEST")
      expect(await startApi().ask(`${route}?next=1&next=2`, { ...asked, by: ann })).toEqual(refusal(code));
    else if (code === "NOT_ALLOWED") {
      const { ask } = startApi();
      const answers = [await ask(route, { ...asked, by: ann }), await ask(route, { ...asked, by: "operator" })];
      expect(answers).toContainEqual(refusal(code));
    } else {
      expect(Object.keys(common)).toContain(code);
      expect(await startApi().ask(route, { ...asked, ...common[code] })).toEqual(refusal(code));
    }
  });

  it("is no fault of ours where the body is empty, whatever it is declared as", async () => {
    for (const path of Object.keys(bodies)) {
      const { ask, faults } = startApi();
      const headers = { "content-type": "text/plain" };
      expect(await ask(path.replaceAll(/{\w+}/g, "7"), { method: "POST", by: ann, headers })).toEqual(
        refusal("NOT_JSON"),
      );
      expect(faults).toEqual([]);
    }
  });

  it("is all that is brought about here", () => {
    const promised = new Set(documented.map(({ method, path, code }) => `${method} ${path} ${code}`));
    expect(Object.keys(special).filter((name) => !promised.has(name))).toEqual([]);
    expect(documented.length).toBeGreaterThan(60);
  });
});

function get(path: string, by = ann) {
  return (method: string) => startApi().ask(path, { method, by });
}

function post(path: string, body: unknown = bodies[path.replace(/7(?=\/review)/, "{id}")], by = ann) {
  return (method: string) => startApi().ask(path, { method, by, body });
}

/** The answer after so many that went through. */
function again(times: number, path: string) {
  return async (method: string) => {
    const { ask } = startApi();
    for (let i = 0; i < times; i++) await ask(path, { method, body: bodies[path] });
    return ask(path, { method, body: bodies[path] });
  };
}
