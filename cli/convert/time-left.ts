/** Rate and time left of each stage, from its own start; nothing until there is something to go by. */
export function timeLeft(now: () => number = () => performance.now()) {
  const begun = new Map<string, { readonly at: number; readonly done: number }>();
  return (stage: string, done: number, of: number): string => {
    const start = begun.get(stage);
    if (start === undefined) {
      begun.set(stage, { at: now(), done });
      return "";
    }
    const rate = ((done - start.done) / (now() - start.at)) * 1000;
    return Number.isFinite(rate) && rate > 0 ? `, ${rate.toFixed(1)} a second, ${spell((of - done) / rate)} left` : "";
  };
}

function spell(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
