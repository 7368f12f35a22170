import type { Letter } from "./dead-letters.ts";

/** Messages of a queue that were received too often, and the queue that they came from. */
export interface DeadQueue {
  /** Who could not work on them, such as `ingest`. */
  readonly actor: string;
  /** About how many there are. */
  count(): Promise<number>;
  /**
   * Asks of each message, by its picture's id where it has one, whether it is wanted; with `really`
   * those go back to where they came from. Answers the wanted ones' pictures.
   */
  each(isWanted: (pictureId: string | undefined) => boolean, really: boolean): Promise<readonly (string | undefined)[]>;
}

/** Announced changes that were received too often. */
export interface DeadAnnouncements extends Pick<DeadQueue, "actor" | "count"> {
  /** Shows each as a letter; those that `isDone` answers true for are deleted. */
  each(isDone: (letter: Letter) => Promise<boolean>): Promise<void>;
}
