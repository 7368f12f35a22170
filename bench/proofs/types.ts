export interface ProofDeps {
  /** Told of progress. */
  readonly say: (text: string) => void;
  /** An empty folder that is removed afterwards. */
  readonly dir: string;
}

export interface Proof {
  readonly name: string;
  readonly goal: string;
  /** What was found. `held` is null where the proof cannot be had, as `figure` then says. */
  run(deps: ProofDeps): Promise<{ readonly figure: string; readonly held: boolean | null }>;
}
