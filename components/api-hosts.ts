import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Alarms, watch } from "./alarms.ts";
import { type Domain, prove } from "./domain.ts";
import { providerOf, type Region } from "./region.ts";

export interface ApiHostsArgs {
  settings: Settings;
  /** Whose zone the name is written down in. */
  domain: Domain;
  /** Each has a door, to which the name leads while it is well. */
  regions: readonly Region[];
}

/** One host name for the APIs of several Regions: Route 53 leads to the nearest one that says of itself that it is well. */
export class ApiHosts extends pulumi.ComponentResource {
  /** Such as `api.pictures.example.com`. */
  readonly name: string;

  constructor(name: string, { settings, domain, regions }: ApiHostsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:ApiHosts", name, {}, opts);
    const child = { parent: this };
    const host = domain.api;
    const certificates = regions.map(
      (region) =>
        new aws.acm.Certificate(
          `${name}-certificate`,
          { domainName: host, validationMethod: "DNS" },
          { parent: region },
        ),
    );
    // One proves them all.
    const proven = prove(`${name}-proof`, certificates[0]!, 0, domain.zoneId, child);
    const topicArn = settings.alarms && topicOf(settings.alarms, regions, child);
    for (const [index, region] of regions.entries()) {
      const checked = check(name, region);
      lead(name, host, domain.zoneId, region, { certificate: certificates[index]!, proven, checked });
      if (topicArn !== undefined) watchCheck(region, checked, topicArn.arn, topicArn.opts);
    }
    this.name = host;
    this.registerOutputs({ name: this.name });
  }
}

/** Asks from three continents, at the API's own address: no name of ours leads it elsewhere. */
function check(name: string, region: Region): aws.route53.HealthCheck {
  return new aws.route53.HealthCheck(
    `${name}-check`,
    {
      type: "HTTPS",
      fqdn: region.door.domainName,
      port: 443,
      enableSni: true,
      resourcePath: "/health",
      requestInterval: 30,
      failureThreshold: 3,
      // As few as it takes: each of them asks by itself, and each question costs a call.
      regions: ["us-east-1", "eu-west-1", "ap-southeast-1"],
    },
    { parent: region },
  );
}

interface Leading {
  certificate: aws.acm.Certificate;
  /** What shows that the name is ours. */
  proven: aws.route53.Record;
  checked: aws.route53.HealthCheck;
}

/** The host in one Region. */
function lead(
  name: string,
  host: string,
  zoneId: pulumi.Output<string>,
  region: Region,
  { certificate, proven, checked }: Leading,
): void {
  const child = { parent: region };
  const { certificateArn } = new aws.acm.CertificateValidation(
    `${name}-validation`,
    { certificateArn: certificate.arn, validationRecordFqdns: [proven.fqdn] },
    child,
  );
  const { domainName, domainNameConfiguration } = new aws.apigatewayv2.DomainName(
    `${name}-host`,
    {
      domainName: host,
      domainNameConfiguration: { certificateArn, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
    },
    child,
  );
  new aws.apigatewayv2.ApiMapping(
    `${name}-mapping`,
    { apiId: region.door.apiId, domainName, stage: region.door.stage },
    child,
  );
  new aws.route53.Record(
    `${name}-record`,
    {
      zoneId,
      name: host,
      type: "A",
      setIdentifier: region.region,
      latencyRoutingPolicies: [{ region: region.region }],
      healthCheckId: checked.id,
      aliases: [
        {
          name: domainNameConfiguration.targetDomainName,
          zoneId: domainNameConfiguration.hostedZoneId,
          // Of the address that it stands for, Route 53 knows less than the check.
          evaluateTargetHealth: false,
        },
      ],
    },
    child,
  );
}

/** Where Route 53 says how its checks do, and nowhere else; an alarm tells only a topic beside it. */
const checksRegion = "us-east-1";

function topicOf(
  alarms: NonNullable<Settings["alarms"]>,
  regions: readonly Region[],
  child: { parent: pulumi.Resource },
) {
  const there = regions.find(({ region }) => region === checksRegion);
  if (there?.alarmTopicArn !== undefined) return { arn: there.alarmTopicArn, opts: { parent: there } };
  const opts = { ...child, providers: [providerOf(checksRegion)] };
  const topic = new Alarms("api-alarms", alarms, opts);
  return { arn: topic.topicArn, opts: { parent: topic } };
}

function watchCheck(
  { region }: Region,
  { id }: aws.route53.HealthCheck,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  watch(
    `api-${region}-unwell`,
    {
      description: `The API of ${region} does not say that it is well; people are led to another Region.`,
      runbook: "region",
      namespace: "AWS/Route53",
      metric: "HealthCheckStatus",
      dimensions: { HealthCheckId: id },
      statistic: "Minimum",
      below: 1,
    },
    topicArn,
    opts,
  );
}
