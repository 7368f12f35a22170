import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Subnets of a network, for what they are there for: their sixteenths of its addresses, one for each zone. */
const first = { inside: 0, outward: 5, public: 10 } as const;
export type SubnetUse = keyof typeof first;

export interface SubnetsArgs {
  use: SubnetUse;
  vpcId: pulumi.Input<string>;
  /** Of the VPC. */
  cidr: string;
  zones: readonly string[];
}

/** One subnet in each zone. Nothing in them gets a public address by itself. */
export const subnetsOf = (
  name: string,
  { use, vpcId, cidr, zones }: SubnetsArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.Subnet[] =>
  zones.map(
    (availabilityZone, index) =>
      new aws.ec2.Subnet(
        `${name}-${use}-${index}`,
        {
          vpcId,
          availabilityZone,
          cidrBlock: sixteenthOf(cidr, first[use] + index),
          tags: { Name: `${pulumi.getProject()}-${pulumi.getStack()}-${use}` },
        },
        opts,
      ),
  );

/** Of a network such as `10.0.0.0/16`: `10.0.16.0/20` is number 1. */
export function sixteenthOf(cidr: string, number: number): string {
  const [address = "", prefix = ""] = cidr.split("/");
  const bits = Number(prefix) + 4;
  const base = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const start = base + number * 2 ** (32 - bits);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".")}/${bits}`;
}

/** Ends the program with its message alone; Pulumi prints no stack for it. */
export class ZonesError extends pulumi.RunError {
  override readonly name = "ZonesError";
  readonly code = "ZONES_TOO_FEW";
}

/**
 * Names of the availability zones, chosen or as many as wanted of the Region's. Also one that is not
 * available at the moment counts: an outage must not make subnets move.
 * @throws ZonesError `ZONES_TOO_FEW`
 */
export async function zonesOf(
  wanted: number | readonly string[],
  opts?: pulumi.InvokeOptions,
): Promise<readonly string[]> {
  if (typeof wanted !== "number") return wanted;
  const { names } = await aws.getAvailabilityZones(
    {
      filters: [{ name: "zone-type", values: ["availability-zone"] }],
      // AWS advises against functions there: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
      excludeZoneIds: ["use1-az3"],
    },
    opts,
  );
  if (names.length >= wanted) return names.slice(0, wanted);
  throw new ZonesError(
    `ZONES_TOO_FEW: Expected ${wanted} availability zones (darkroom:network.zones), but the Region has ${names.join(", ")}. Choose fewer, at least 2.`,
  );
}
