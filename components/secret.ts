import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, type Statement } from "./statement.ts";

export interface SecretArgs {
  value: pulumi.Input<string>;
  description: string;
  /** Keep it for 30 days after its deletion. */
  protect: boolean;
  /** Stay with the value of the first deployment, whatever is given later. @default false */
  keepFirst?: boolean;
}

/**
 * A secret in Secrets Manager. Functions are told its version and fetch it themselves. It is not
 * rotated: the services these belong to let only a person make a new one.
 */
export class Secret extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /**
   * What a function's environment says of it, `<ARN>|<version>`: with another value it is another
   * text, so that no function that read the old one stays warm.
   */
  readonly version: pulumi.Output<string>;
  /** Secret. */
  readonly value: pulumi.Output<string>;

  constructor(
    name: string,
    { value, description, protect, keepFirst = false }: SecretArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:Secret", name, {}, opts);
    const child = { parent: this };
    const secret = new aws.secretsmanager.Secret(
      `${name}-secret`,
      { description, recoveryWindowInDays: protect ? 30 : 0 },
      child,
    );
    const version = new aws.secretsmanager.SecretVersion(
      `${name}-value`,
      { secretId: secret.id, secretString: pulumi.secret(value) },
      { ...child, ignoreChanges: keepFirst ? ["secretString"] : [] },
    );
    this.arn = secret.arn;
    this.version = pulumi.interpolate`${secret.arn}|${version.versionId}`;
    this.value = version.secretString.apply((kept) => kept ?? "");
    this.registerOutputs({ arn: this.arn });
  }

  /** Leave to read it. */
  grant(): Statement {
    return allow(["secretsmanager:GetSecretValue"], this.arn);
  }
}
