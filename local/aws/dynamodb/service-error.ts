/** A refusal as the AWS JSON protocols word it: a code for the SDK to branch on, and a sentence. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: string;
  readonly status: number;
  /** Further members of the answer, such as `Item` of a failed condition. */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, options: { status?: number; details?: Record<string, unknown> } = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.details = options.details ?? {};
  }
}
