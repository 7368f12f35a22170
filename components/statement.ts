import * as pulumi from "@pulumi/pulumi";

/** One statement of an IAM, bucket, queue or topic policy. */
export interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: "*" | { Service: string };
  Action: string[];
  /** Absent only where a role says who may assume it. */
  Resource?: pulumi.Input<string> | pulumi.Input<string>[];
  Condition?: Record<string, Record<string, pulumi.Input<string> | pulumi.Input<string>[]>>;
}

/** The policy document that holds these statements, as JSON. */
export const policyOf = (statements: Statement[]): pulumi.Output<string> =>
  pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });

export const allow = (actions: string[], resource: Statement["Resource"]): Statement => ({
  Effect: "Allow",
  Action: actions,
  Resource: resource,
});

/** Text that stands for itself in a policy's resource: what IAM would read as a wildcard or a variable is spelt out. */
export const literal = (text: string): string => text.replace(/[*?$]/g, (sign) => `\${${sign}}`);

/** Refuses every request that does not come over TLS. */
export const denyPlainText = (action: string, resource: Statement["Resource"]): Statement => ({
  Sid: "DenyPlainText",
  Effect: "Deny",
  Principal: "*",
  Action: [action],
  Resource: resource,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});
