/** The resource graph as index.ts describes it: what `pulumi up` would send to AWS. Imports nothing. */

export interface Resource {
  readonly urn: string;
  /** Pulumi type token, such as `aws:lambda/function:Function`. */
  readonly type: string;
  readonly name: string;
  readonly parent?: string;
  /** False for component resources. */
  readonly custom: boolean;
  /** AWS Region of its provider; one that stands elsewhere by itself says so in its inputs. */
  readonly region: string;
  /** Resolved, secrets unwrapped; archives as `{ path }`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs plus what the provider would answer (arn, name, url …). */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  /** URNs. */
  readonly dependencies: readonly string[];
  /** URNs that each input comes from. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

export interface Graph {
  readonly project: string;
  readonly stack: string;
  readonly resources: readonly Resource[];
  /** Stack outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
}
