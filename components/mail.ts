import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { MailOptions } from "../options.ts";
import type { Domain } from "./domain.ts";
import { allow, type Statement } from "./statement.ts";

export interface MailArgs extends Pick<MailOptions, "from"> {
  /** Whose zone may hold the keys of what is sent. @default none */
  domain?: Domain;
}

/**
 * An identity in whose name SES sends: the domain of `from` where its zone is ours, or else the
 * address alone, to which SES then writes once and asks.
 */
export class Mail extends pulumi.ComponentResource {
  readonly #from: string;
  readonly #arns: pulumi.Output<string>[];

  constructor(name: string, { from, domain }: MailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Mail", name, {}, opts);
    const child = { parent: this };
    const host = from.slice(from.lastIndexOf("@") + 1).toLowerCase();
    const settings = new aws.sesv2.ConfigurationSet(
      `${name}-settings`,
      {
        configurationSetName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
        deliveryOptions: { tlsPolicy: "REQUIRE" },
        reputationOptions: { reputationMetricsEnabled: true },
        suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
      },
      child,
    );
    const ours = domain?.covers(host) ? domain : undefined;
    const identity = new aws.sesv2.EmailIdentity(
      `${name}-identity`,
      // So that the settings hold without the sender naming them.
      { emailIdentity: ours ? host : from, configurationSetName: settings.configurationSetName },
      child,
    );
    if (ours !== undefined) signMail(name, host, identity, ours.zoneId, child);
    this.#from = from;
    this.#arns = [identity.arn, settings.arn];
    this.registerOutputs();
  }

  /** Leave to send from this address. SES asks for both: the identity and the settings that go with it. */
  grant(): Statement {
    return {
      ...allow(["ses:SendEmail"], this.#arns),
      Condition: { StringEquals: { "ses:FromAddress": this.#from } },
    };
  }
}

/** Writes down the three keys by which others know that a mail is ours (Easy DKIM). */
function signMail(
  name: string,
  host: string,
  { dkimSigningAttributes }: aws.sesv2.EmailIdentity,
  zoneId: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const index of [0, 1, 2]) {
    const token = dkimSigningAttributes.apply(({ tokens }) => tokens[index] ?? "");
    new aws.route53.Record(
      `${name}-key-${index}`,
      {
        zoneId,
        name: pulumi.interpolate`${token}._domainkey.${host}`,
        type: "CNAME",
        records: [pulumi.interpolate`${token}.dkim.amazonses.com`],
        ttl: 1800,
      },
      opts,
    );
  }
}
