import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

/** How likely it is that a call of the world goes wrong, and how. */
export interface Weather {
  /** The process dies, before the call or after it. */
  readonly death: number;
  /** The call is refused, and nothing comes of it. */
  readonly throttle: number;
  /** It is done, and its answer does not come. */
  readonly lostAnswer: number;
  /** It takes seconds. */
  readonly slowness: number;
}

export type Ending = { readonly how: "done" | "died" } | { readonly how: "failed"; readonly error: unknown };

/**
 * One run of a function. Each call of its ports waits for its turn on the timeline, so that all runs there are
 * interleave call by call as the seed says. After its death nothing in it goes on, not even a `catch`.
 */
export function processOf(timeline: Timeline, random: Random, weather: () => Weather) {
  let isOver = false;
  let waiting = 0;
  let goesOn = () => {};
  let ends: (ending: Ending) => void = () => {};

  /** Until it waits for the world again, or has ended: what it does by itself takes no time on the timeline. */
  const quiet = () =>
    new Promise<void>((resolve) => {
      goesOn = resolve;
      // One of several branches may have come to its end.
      if (waiting > 0) setImmediate(resolve);
    });
  const settled = () => {
    // Of whoever waits now: the next one who does has something else to wait for.
    const goOn = goesOn;
    setImmediate(goOn);
  };
  /** Lambda freezes what a function has left running. */
  const end = (ending: Ending) => {
    if (isOver) return;
    isOver = true;
    ends(ending);
  };

  function call(run: () => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (isOver) return;
      waiting += 1;
      settled();
      const { slowness } = weather();
      timeline.after(random.chance(slowness) ? random.between(1000, 15_000) : random.between(1, 40), async () => {
        waiting -= 1;
        if (isOver) return;
        const { death, throttle, lostAnswer } = weather();
        if (random.chance(death / 2)) return end({ how: "died" });
        if (random.chance(throttle)) {
          reject(new Error("THROTTLED: expected to be let through, but there are too many calls. Try again later."));
          return quiet();
        }
        try {
          const answer = await run();
          if (random.chance(death / 2)) return end({ how: "died" });
          if (random.chance(lostAnswer)) reject(new Error("NO_ANSWER: expected an answer, but none came in time."));
          else resolve(answer);
        } catch (error) {
          reject(error);
        }
        return quiet();
      });
    });
  }

  return {
    /** The same port, as this process sees it. */
    port: <T extends object>(target: T): T =>
      new Proxy(target, {
        get(from, name) {
          const value: unknown = Reflect.get(from, name);
          if (typeof value !== "function") return value;
          return (...given: unknown[]) => call(() => Reflect.apply(value, from, given));
        },
      }),
    /** Begins, and comes back when it waits for the world; `ended` hears how it ended. */
    async start(work: () => Promise<unknown>, seconds: number, hear: (ending: Ending) => void): Promise<void> {
      ends = hear;
      timeline.after(seconds * 1000, () => end({ how: "died" }));
      const first = quiet();
      const ended = (ending: Ending) => {
        end(ending);
        settled();
      };
      work().then(
        () => ended({ how: "done" }),
        (error: unknown) => ended({ how: "failed", error }),
      );
      await first;
    },
  };
}

export type Process = ReturnType<typeof processOf>;
