import { type Answer, type Answers, accountId, hash, type Named, numbered } from "./asked.ts";

/** What works inside: buckets, table, queues, functions, their roles and what watches them. */
export const inside: Answers = {
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
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": ofBucket,
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs }) => {
    const [bucket, key] = [String(inputs["bucket"]), String(inputs["key"])];
    return { id: `${bucket}/${key}`, outputs: { arn: `arn:aws:s3:::${bucket}/${key}` } };
  },
  "aws:dynamodb/table:Table": ({ name, inputs, arn }) => {
    // A real label is the moment the stream was made; this one outlives restarts.
    const label = "2000-01-01T00:00:00.000";
    const standing = (region?: string) => {
      const table = arn("dynamodb", `table/${name}`, region);
      return { arn: table, streamArn: `${table}/stream/${label}`, streamLabel: label };
    };
    const replicas = (inputs["replicas"] ?? []) as { regionName: string }[];
    return {
      id: name,
      outputs: {
        name,
        ...standing(),
        ...(replicas.length > 0 && {
          replicas: replicas.map((replica) => ({ ...replica, ...standing(replica.regionName) })),
        }),
      },
    };
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
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": ({ inputs, name, arn }) => {
    const alarmName = String(inputs["alarmName"] ?? name);
    return { id: alarmName, outputs: { alarmName, arn: arn("cloudwatch", `alarm:${alarmName}`) } };
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": ({ name }) => ({ id: name, outputs: { name } }),
  "aws:cloudwatch/dashboard:Dashboard": ({ inputs }) => {
    const name = String(inputs["dashboardName"]);
    return { id: name, outputs: { dashboardArn: `arn:aws:cloudwatch::${accountId}:dashboard/${name}` } };
  },
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
  "aws:lambda/permission:Permission": ({ name }) => ({ id: name, outputs: { statementId: name } }),
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
  "aws:glue/catalogDatabase:CatalogDatabase": ({ name, arn }) => ({
    id: `${accountId}:${name}`,
    outputs: { name, catalogId: accountId, arn: arn("glue", `database/${name}`) },
  }),
  "aws:glue/catalogTable:CatalogTable": ({ name, inputs, arn }) => {
    const database = String(inputs["databaseName"]);
    const table = arn("glue", `table/${database}/${name}`);
    return { id: `${accountId}:${database}:${name}`, outputs: { name, catalogId: accountId, arn: table } };
  },
  "aws:athena/workgroup:Workgroup": ({ name, arn }) => ({
    id: name,
    outputs: { name, arn: arn("athena", `workgroup/${name}`) },
  }),
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
};

/** Resources that only say something about a bucket, and have its name as their id. */
function ofBucket({ inputs }: Named): Answer {
  return { id: String(inputs["bucket"]), outputs: {} };
}
