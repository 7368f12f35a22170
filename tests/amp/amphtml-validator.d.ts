declare module "amphtml-validator" {
  export interface ValidationError {
    readonly severity: "ERROR" | "WARNING";
    readonly code: string;
    readonly message: string;
  }
  export interface Validator {
    init(): Promise<void>;
    validateString(html: string): {
      readonly status: "PASS" | "FAIL" | "UNKNOWN";
      readonly errors: readonly ValidationError[];
    };
  }
  /** Runs the contents of AMP's validator_wasm.js. */
  export function newInstance(validatorJs: string): Validator;
}
