/** What the families share. */

/** Pays for the calls of one provider. */
export interface Purse {
  /** True where it is known without asking anybody that a call cannot be paid for: preparing it is spared. */
  refuses(): boolean;
  /**
   * Counts one call, which is to be made next. False where the month's budget is spent: then it must
   * not be made. Rejects where nobody can tell: then neither.
   */
  pay(): Promise<boolean>;
}
