/** Who may send now: a few at a time, nobody while something holds them all. */
export interface Turns {
  /** Puts one at the end of the line, or at its front. */
  queue(id: string, where?: "front"): void;
  /** Takes one out, whether it waits or sends; the next may go. */
  leave(id: string): void;
  isSending(id: string): boolean;
  hold(why: string): void;
  release(why: string): void;
}

export interface TurnsDeps {
  readonly atOnce: number;
  readonly start: (id: string) => void;
}

export function createTurns({ atOnce, start }: TurnsDeps): Turns {
  let line: string[] = [];
  const sending = new Set<string>();
  const holds = new Set<string>();

  function pump() {
    while (holds.size === 0 && sending.size < atOnce) {
      const id = line.shift();
      if (id === undefined) return;
      sending.add(id);
      start(id);
    }
  }

  return {
    queue(id, where) {
      if (sending.has(id) || line.includes(id)) return;
      if (where === "front") line.unshift(id);
      else line.push(id);
      queueMicrotask(pump);
    },
    leave(id) {
      sending.delete(id);
      line = line.filter((each) => each !== id);
      queueMicrotask(pump);
    },
    isSending: (id) => sending.has(id),
    hold(why) {
      holds.add(why);
    },
    release(why) {
      holds.delete(why);
      pump();
    },
  };
}
