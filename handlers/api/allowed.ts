import type { PeopleOptions } from "../../options.ts";

/** Who the stack's settings let in, and who may decide. Addresses are in lower case. */
export interface Allowed {
  readonly maySignIn: (email: string) => boolean;
  readonly mayReview: (email: string) => boolean;
}

export function allowedBy({ uploaders, reviewers }: PeopleOptions): Allowed {
  const mayReview = (email: string) => reviewers.includes(email);
  return {
    mayReview,
    maySignIn: (email) =>
      mayReview(email) ||
      uploaders.some((entry) => entry === "*" || (entry.startsWith("@") ? email.endsWith(entry) : email === entry)),
  };
}
