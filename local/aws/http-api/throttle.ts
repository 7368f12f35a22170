export interface ThrottleOptions {
  /** Requests a second. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
  /** Milliseconds. @default a clock that only goes forward */
  readonly now?: () => number;
}

/** A token bucket: answers whether one more request may pass. */
export function createThrottle({ rate, burst, now = () => performance.now() }: ThrottleOptions): () => boolean {
  let [tokens, at] = [burst, now()];
  return () => {
    const time = now();
    tokens = Math.min(burst, tokens + ((time - at) / 1000) * rate);
    at = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
