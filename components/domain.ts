import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface DomainArgs {
  /** Host names, such as `pictures.example.com` and `images.pictures.example.com`. */
  site: string;
  images: string;
  /** Of the API, where it stands in more than one Region. */
  api: string;
  /** Name of the Route 53 zone that both lie in; it is there already. */
  zone: string;
}

/** A host name that a distribution may answer to. */
export interface Host {
  name: string;
  certificateArn: pulumi.Output<string>;
  zoneId: pulumi.Output<string>;
}

/** A certificate for the page and the pictures, and the zone in which both are written down. AWS renews it by itself. */
export class Domain extends pulumi.ComponentResource {
  readonly site: Host;
  readonly images: Host;
  readonly api: string;
  readonly zoneId: pulumi.Output<string>;
  readonly #zone: string;

  constructor(name: string, { site, images, api, zone }: DomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Domain", name, {}, opts);
    const child = { parent: this };
    this.#zone = zone;
    this.api = api;
    this.zoneId = aws.route53.getZoneOutput({ name: zone }, child).zoneId;
    // Where CloudFront looks for certificates, wherever the stack stands.
    const region = "us-east-1";
    const certificate = new aws.acm.Certificate(
      `${name}-certificate`,
      { region, domainName: site, subjectAlternativeNames: [images], validationMethod: "DNS" },
      child,
    );
    const proofs = [0, 1].map((index) => prove(`${name}-proof-${index}`, certificate, index, this.zoneId, child));
    const { certificateArn } = new aws.acm.CertificateValidation(
      `${name}-validation`,
      { region, certificateArn: certificate.arn, validationRecordFqdns: proofs.map(({ fqdn }) => fqdn) },
      child,
    );
    this.site = { name: site, certificateArn, zoneId: this.zoneId };
    this.images = { name: images, certificateArn, zoneId: this.zoneId };
    this.registerOutputs({ zoneId: this.zoneId });
  }

  /** Whether a host lies in the zone. */
  covers(host: string): boolean {
    return host === this.#zone || host.endsWith(`.${this.#zone}`);
  }
}

/** Writes down what shows that the name of a certificate, by its index, is ours. */
export function prove(
  name: string,
  { domainValidationOptions }: aws.acm.Certificate,
  index: number,
  zoneId: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): aws.route53.Record {
  const proof = domainValidationOptions[index]!;
  return new aws.route53.Record(
    name,
    {
      zoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      // The same for every certificate of this name in the account, in whichever Region.
      allowOverwrite: true,
    },
    opts,
  );
}

/** Writes down that a host is this distribution. */
export function pointTo(
  distribution: aws.cloudfront.Distribution,
  host: Host,
  name: string,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const type of ["A", "AAAA"] as const)
    new aws.route53.Record(
      `${name}-${type.toLowerCase()}`,
      {
        zoneId: host.zoneId,
        name: host.name,
        type,
        aliases: [{ name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false }],
      },
      opts,
    );
}
