import { createHash } from "node:crypto";

/** What AWS would answer, so that nothing in the graph hangs on an unknown. Made of names alone: the same program gives the same answers. */

export interface Asked {
  /** Pulumi type token, such as `aws:lambda/function:Function`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly project: string;
  readonly stack: string;
  readonly region: string;
}

/** The account that emulators of AWS live in. */
export const accountId = "000000000000";

/** Id and outputs of a new resource. @throws Error `ANSWER_MISSING` for a type that has none here. */
export function answer(asked: Asked): { readonly id: string; readonly outputs: Readonly<Record<string, unknown>> } {
  const make = answers[asked.type];
  if (make === undefined)
    throw new Error(
      `ANSWER_MISSING: Expected local/answers.ts to know what AWS answers to a new ${asked.type} (${asked.name}), but it does not. Add it there.`,
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
  throw new Error(
    `ANSWER_MISSING: Expected local/answers.ts to know what AWS answers to ${token}, but it does not. Add it there.`,
  );
}

interface Named extends Asked {
  readonly arn: (service: string, resource: string, region?: string) => string;
}
type Answer = { readonly id: string; readonly outputs: Readonly<Record<string, unknown>> };

/** An explicit name, or one as Pulumi.yaml's pattern makes it, without the random end. */
const nameOf = ({ name, inputs, project, stack }: Asked) =>
  String(inputs["name"] ?? inputs["bucket"] ?? inputs["layerName"] ?? `${project}-${stack}-${name}`);

/** A short id that a name always gives, for what AWS numbers at random. */
const hash = (name: string, length: number) => createHash("sha256").update(name).digest("hex").slice(0, length);
const numbered = (name: string) =>
  `${hash(name, 8)}-${hash(`${name}4`, 4)}-4${hash(`${name}3`, 3)}-8${hash(`${name}8`, 3)}-${hash(`${name}12`, 12)}`;

/** Resources that only say something about a bucket, and have its name as their id. */
const ofBucket = ({ inputs }: Named): Answer => ({ id: String(inputs["bucket"]), outputs: {} });

const answers: Readonly<Record<string, (asked: Named) => Answer>> = {
  "aws:s3/bucket:Bucket": ({ name, region }) => ({
    id: name,
    outputs: {
      bucket: name,
      arn: `arn:aws:s3:::${name}`,
      region,
      bucketDomainName: `${name}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    },
  }),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket,
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket,
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket,
  "aws:s3/bucketNotification:BucketNotification": ofBucket,
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": ofBucket,
  "aws:dynamodb/table:Table": ({ name, arn }) => {
    const table = arn("dynamodb", `table/${name}`);
    // A real label is the moment the stream was made; this one outlives restarts.
    const label = "2000-01-01T00:00:00.000";
    return { id: name, outputs: { name, arn: table, streamArn: `${table}/stream/${label}`, streamLabel: label } };
  },
  "aws:iam/role:Role": ({ name, arn }) => ({
    id: name,
    outputs: { name, arn: arn("iam", `role/${name}`, ""), uniqueId: `AROA${hash(name, 17).toUpperCase()}` },
  }),
  "aws:iam/rolePolicy:RolePolicy": ({ name, inputs }) => ({ id: `${inputs["role"]}:${name}`, outputs: { name } }),
  "aws:cloudwatch/logGroup:LogGroup": ({ name, arn }) => ({
    id: name,
    outputs: { name, arn: arn("logs", `log-group:${name}`) },
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ name, arn }) => ({
    id: name,
    outputs: { name, arn: arn("cloudwatch", `alarm:${name}`) },
  }),
  "aws:cloudwatch/eventRule:EventRule": ({ name, arn }) => ({
    id: name,
    outputs: { name, arn: arn("events", `rule/${name}`), eventBusName: "default" },
  }),
  "aws:cloudwatch/eventTarget:EventTarget": ({ name, inputs }) => ({
    id: `${inputs["rule"]}-${name}`,
    outputs: { targetId: name, eventBusName: "default" },
  }),
  "aws:lambda/function:Function": ({ name, arn, region }) => {
    const fn = arn("lambda", `function:${name}`);
    const invokeArn = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${fn}/invocations`;
    return { id: name, outputs: { name, arn: fn, invokeArn, qualifiedArn: `${fn}:$LATEST`, version: "$LATEST" } };
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ({ inputs }) => ({
    id: String(inputs["functionName"]),
    outputs: {},
  }),
  "aws:lambda/functionUrl:FunctionUrl": ({ inputs, region, arn }) => {
    const fn = String(inputs["functionName"]);
    const urlId = hash(fn, 32);
    return {
      id: fn,
      outputs: {
        urlId,
        functionUrl: `https://${urlId}.lambda-url.${region}.on.aws/`,
        functionArn: arn("lambda", `function:${fn}`),
      },
    };
  },
  "aws:lambda/layerVersion:LayerVersion": ({ name, arn }) => {
    const layerArn = arn("lambda", `layer:${name}`);
    return { id: `${layerArn}:1`, outputs: { arn: `${layerArn}:1`, layerArn, version: "1" } };
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": ({ name, arn, inputs }) => {
    const uuid = numbered(name);
    const functionArn = inputs["functionName"];
    return {
      id: uuid,
      outputs: { uuid, arn: arn("lambda", `event-source-mapping:${uuid}`), functionArn, state: "Enabled" },
    };
  },
  "aws:scheduler/scheduleGroup:ScheduleGroup": ({ name, arn }) => ({
    id: name,
    outputs: { name, arn: arn("scheduler", `schedule-group/${name}`), state: "ACTIVE" },
  }),
  "aws:scheduler/schedule:Schedule": ({ name, inputs, arn }) => {
    const groupName = String(inputs["groupName"] ?? "default");
    const id = `${groupName}/${name}`;
    return { id, outputs: { name, groupName, arn: arn("scheduler", `schedule/${id}`) } };
  },
  "aws:sqs/queue:Queue": ({ name, arn, region }) => {
    const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
    return { id: url, outputs: { name, url, arn: arn("sqs", name) } };
  },
  "aws:sqs/queuePolicy:QueuePolicy": ({ inputs }) => ({ id: String(inputs["queueUrl"]), outputs: {} }),
  "aws:sns/topic:Topic": ({ name, arn }) => ({ id: arn("sns", name), outputs: { name, arn: arn("sns", name) } }),
  "aws:sns/topicPolicy:TopicPolicy": ({ inputs }) => ({ id: String(inputs["arn"]), outputs: { owner: accountId } }),
  "aws:sns/topicSubscription:TopicSubscription": ({ name, inputs }) => {
    const arn = `${inputs["topic"]}:${numbered(name)}`;
    return { id: arn, outputs: { arn, pendingConfirmation: inputs["protocol"] === "email" } };
  },
  "aws:secretsmanager/secret:Secret": ({ name, arn }) => {
    const secret = arn("secretsmanager", `secret:${name}-${hash(name, 6)}`);
    return { id: secret, outputs: { name, arn: secret } };
  },
  "aws:secretsmanager/secretVersion:SecretVersion": ({ name, inputs }) => {
    const versionId = numbered(name);
    return {
      id: `${inputs["secretId"]}|${versionId}`,
      outputs: { arn: inputs["secretId"], versionId, versionStages: ["AWSCURRENT"] },
    };
  },
  "aws:cloudfront/distribution:Distribution": ({ name, arn }) => {
    const id = `E${hash(name, 13).toUpperCase()}`;
    return {
      id,
      outputs: {
        arn: arn("cloudfront", `distribution/${id}`, ""),
        domainName: `d${hash(name, 13)}.cloudfront.net`,
        hostedZoneId: "Z2FDTNDATAQYW2",
        status: "Deployed",
      },
    };
  },
  "aws:cloudfront/originAccessControl:OriginAccessControl": ({ name }) => ({
    id: `E${hash(name, 13).toUpperCase()}`,
    outputs: { name, etag: hash(name, 8) },
  }),
  "aws:cloudfront/cachePolicy:CachePolicy": ({ name }) => ({
    id: numbered(name),
    outputs: { name, etag: hash(name, 8) },
  }),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": ({ name }) => ({
    id: numbered(name),
    outputs: { name, etag: hash(name, 8) },
  }),
};
