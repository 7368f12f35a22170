/** How fast what wakes a function may go, by what is set aside for it. Pure, and the same as now where nothing is. */

/** A new table's stream has as many; they grow with the table, which only means more that wait for their turn. */
const shards = 4;

/** Batches of one shard worked on at once: no more in all than the function may run, so that none is throttled at first. */
export const lanesOf = (reserved: number | undefined): number =>
  reserved === undefined ? 10 : Math.min(10, Math.max(1, Math.floor(reserved / shards)));

/** Messages of its queue that a function works on at once, where a stream with one lane a shard wakes it as well. */
export const besideStream = (reserved: number | undefined): number | undefined =>
  reserved === undefined ? undefined : Math.max(2, reserved - shards);

/**
 * Requests that an API lets through, a second and at once: about what its function can answer at a fifth of a second
 * each. What is more is asked to try again (429), before Lambda refuses it, which would look like a fault of ours.
 */
export const throttleOf = (reserved: number | undefined) =>
  reserved === undefined
    ? { throttlingRateLimit: 100, throttlingBurstLimit: 200 }
    : { throttlingRateLimit: 5 * reserved, throttlingBurstLimit: 2 * reserved };
