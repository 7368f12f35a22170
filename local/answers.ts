import { type Answer, type Asked, accountId, hash } from "./answers/asked.ts";
import { front } from "./answers/front.ts";
import { inside } from "./answers/inside.ts";

export { accountId } from "./answers/asked.ts";

/** What AWS would answer, so that nothing in the graph hangs on an unknown. Made of names alone: the same program gives the same answers. */

/** Id and outputs of a new resource. @throws Error `ANSWER_MISSING` for a type that has none here. */
export function answer(asked: Asked): Answer {
  const make = inside[asked.type] ?? front[asked.type];
  if (make === undefined)
    throw new Error(
      `ANSWER_MISSING: Expected local/answers/ to know what AWS answers to a new ${asked.type} (${asked.name}), but it does not. Add it there.`,
    );
  const name = nameOf(asked);
  return make({
    ...asked,
    name,
    arn: (service, resource, region = asked.region) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
  });
}

/** What a function such as `aws.getRegion` answers. @throws Error `ANSWER_MISSING` */
export function answerCall(token: string, region: string): Record<string, unknown> {
  if (token === "aws:index/getCallerIdentity:getCallerIdentity")
    return { id: accountId, accountId, userId: "laptop", arn: `arn:aws:iam::${accountId}:root` };
  if (token === "aws:index/getRegion:getRegion")
    return { id: region, name: region, region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
  if (token === "aws:index/getPartition:getPartition")
    return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
  if (token === "aws:route53/getZone:getZone") return { id: zoneId, zoneId };
  // The same at every start, and of no use to anybody: the laptop's doors drop what others send in its place.
  if (token === "aws:secretsmanager/getRandomPassword:getRandomPassword")
    return { id: region, randomPassword: hash("randomPassword", 64) };
  throw new Error(
    `ANSWER_MISSING: Expected local/answers.ts to know what AWS answers to ${token}, but it does not. Add it there.`,
  );
}

/** Of every zone in Route 53. */
const zoneId = "Z00000000000000000000";

/**
 * An explicit name, or one as Pulumi.yaml's pattern makes it. Its random end is left out; away from home
 * the Region stands in its place, as buckets and roles are of the whole account.
 */
const nameOf = ({ name, inputs, project, stack, region, home }: Asked) =>
  String(
    inputs["name"] ??
      inputs["configurationSetName"] ??
      inputs["bucket"] ??
      inputs["layerName"] ??
      `${project}-${stack}-${name}${region === home ? "" : `-${region}`}`,
  );
