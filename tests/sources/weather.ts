import type { FakeDropbox } from "../fakes/dropbox.ts";
import { type Answer, type Fault, inMemory } from "../fakes/service.ts";

/** Trouble for a share of everything that is done, drawn from one seed. */
export interface Weather {
  readonly chance: (share: number) => boolean;
  /** Takes one of them out, whichever. */
  readonly takeAny: <T>(all: T[]) => T | undefined;
  /** The same work, cut off now and then just before or just after it. */
  readonly step: <A extends unknown[], R>(name: string, work: (...args: A) => Promise<R>) => (...args: A) => Promise<R>;
  /** How often each kind of trouble was met. */
  readonly met: Readonly<Record<string, number>>;
}

/** Every kind of trouble, and what can be cut off. */
export const troubles = (steps: readonly string[]) => [
  ...[forgotten, ...kinds].map(({ name }) => name),
  ...steps.map((step) => `killed at ${step}`),
];

/** What a killed function leaves of a step. */
export class Killed extends Error {}

/** Troubles the service with every kind of fault, and what is wrapped in `step` with sudden ends. */
export function badWeather(
  dropbox: FakeDropbox,
  { seed, share }: { readonly seed: number; readonly share: number },
): Weather {
  const random = randomOf(seed);
  const met: Record<string, number> = {};
  const chance = (of: number) => random() < of;
  const meet = (name: string) => {
    met[name] = (met[name] ?? 0) + 1;
  };
  const takeAny = <T>(all: T[]): T | undefined => {
    const at = Math.floor(random() * all.length);
    const last = all.pop();
    if (last === undefined || at === all.length) return last;
    const taken = all[at];
    all[at] = last;
    return taken;
  };

  let pages = 0;
  dropbox.weather = ({ route }) => {
    if (forgotten.routes.test(route) && forgottenAt.has(++pages)) return faultOf(forgotten);
    if (!chance(share)) return undefined;
    // The kind that was met least, so that each has its share.
    const possible = kinds.filter(({ routes }) => routes.test(route));
    return faultOf(possible.reduce((least, next) => ((met[next.name] ?? 0) < (met[least.name] ?? 0) ? next : least)));
  };
  const faultOf = ({ name, fault }: Kind) => {
    meet(name);
    return fault(dropbox, random());
  };
  return {
    chance,
    takeAny,
    met,
    step:
      (name, work) =>
      async (...args) => {
        const isCut = chance(share);
        if (isCut) meet(`killed at ${name}`);
        if (isCut && chance(0.5)) throw new Killed(`before ${name}`);
        const result = await work(...args);
        if (isCut) throw new Killed(`after ${name}`);
        return result;
      },
  };
}

interface Kind {
  readonly name: string;
  readonly routes: RegExp;
  readonly fault: (dropbox: FakeDropbox, roll: number) => Fault;
}

const answers =
  (answer: Answer): Kind["fault"] =>
  () => ({ kind: "answer", answer });
const page = inMemory(Buffer.from("<html>Our proxy is tired.</html>"));

/** Not by chance: each time the listing begins anew, and by chance it might never come to its end. */
const forgottenAt: ReadonlySet<number> = new Set([3, 150]);
const forgotten: Kind = {
  name: "cursor forgotten",
  routes: /continue$/,
  fault: (dropbox) => ({ kind: "meanwhile", act: () => dropbox.forgetCursors() }),
};

const kinds: readonly Kind[] = [
  {
    name: "throttled",
    routes: /./,
    fault: answers({ status: 429, headers: { "retry-after": "1" }, json: { error: { ".tag": "too_many_requests" } } }),
  },
  { name: "answered 503", routes: /./, fault: answers({ status: 503, json: {} }) },
  { name: "no connection", routes: /./, fault: () => ({ kind: "cut", after: -1 }) },
  { name: "answer lost", routes: /./, fault: () => ({ kind: "lost" }) },
  {
    name: "another's page",
    routes: /^files\/(list|get)/,
    fault: answers({
      status: 200,
      headers: { "content-type": "text/html" },
      content: { of: page, from: 0, to: page.size },
    }),
  },
  {
    name: "token withdrawn",
    routes: /^files\//,
    fault: (dropbox) => ({ kind: "meanwhile", act: () => dropbox.expireTokens() }),
  },
  { name: "cut", routes: /download$/, fault: (_, roll) => ({ kind: "cut", after: Math.floor(roll * 300) }) },
  { name: "half a file", routes: /download$/, fault: () => ({ kind: "half" }) },
  { name: "wrong bit", routes: /download$/, fault: () => ({ kind: "corrupt" }) },
  { name: "silence", routes: /download$/, fault: () => ({ kind: "hang" }) },
];

function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
