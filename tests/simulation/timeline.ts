interface Event {
  readonly at: number;
  readonly happens: () => Promise<void> | void;
}

/** What is to happen, in the order of its time, on a clock that only this moves. One thing at a time. */
export function timelineOf(clock: { now: Date }) {
  const events: Event[] = [];
  return {
    after(ms: number, happens: Event["happens"]): void {
      const at = clock.now.getTime() + Math.max(1, Math.round(ms));
      // Behind all that are due at the same time.
      let [low, high] = [0, events.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (events[middle]!.at <= at) low = middle + 1;
        else high = middle;
      }
      events.splice(low, 0, { at, happens });
    },
    /** Lets all happen that is due until then. Answers false when it is more than `most` things: it would never end. */
    async until(end: Date, most: number): Promise<boolean> {
      for (let left = most; events.length > 0 && events[0]!.at <= end.getTime(); left--) {
        if (left === 0) return false;
        const { at, happens } = events.shift()!;
        clock.now = new Date(at);
        await happens();
      }
      clock.now = end;
      return true;
    },
  };
}

export type Timeline = ReturnType<typeof timelineOf>;
