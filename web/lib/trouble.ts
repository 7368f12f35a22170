/** What goes wrong outside the page: the API, the storage, the line. `message` is a sentence for a person. */
export class Trouble extends Error {
  override readonly name = "Trouble";
  /** The API's or the storage's own, or `UNREACHABLE`, `BUSY`, `STOPPED`, `UNEXPECTED_ANSWER`. */
  readonly code: string;
  /** The same call may succeed later. */
  readonly passing: boolean;
  constructor(code: string, sentence: string, passing: boolean, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
    this.passing = passing;
  }
}

/** Statuses after which trying again makes sense. */
export const passes = (status: number): boolean => status >= 500 || status === 429 || status === 408;
