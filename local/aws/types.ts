import type { IncomingMessage, ServerResponse } from "node:http";

/** Shared by the laptop's AWS endpoints. Imports nothing of ours. */

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: Statement | readonly Statement[];
}

/** Who calls: a function's role, the person at the keyboard (`operator`), or an AWS service. */
export interface Identity {
  /** `arn:aws:sts::…:assumed-role/<role>/<function>`, or a service principal such as `cloudfront.amazonaws.com`. */
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly policies: readonly PolicyDocument[];
}

export interface Call {
  /** Such as `s3:GetObject`. */
  readonly action: string;
  /** ARN; `*` for actions that know no resource. */
  readonly resource: string;
  /** Condition keys, such as `aws:SecureTransport` or `s3:prefix`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** A bucket's or queue's own policy. */
  readonly resourcePolicy?: PolicyDocument;
}

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false /** As AWS words it, naming action and resource. */; readonly because: string };

export type Authorize = (identity: Identity, call: Call) => Decision;

/** What every endpoint is given by the host. */
export interface EndpointDeps {
  readonly identityOf: (accessKeyId: string) => Identity | undefined;
  readonly authorize: Authorize;
}

/** Answers one request, errors included; it never throws for a caller's fault. */
export type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
