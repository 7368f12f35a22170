import { createHash } from "node:crypto";
import type { StreamRecord } from "../aws/dynamodb/types.ts";
import { openCheckpoints } from "./checkpoints.ts";
import { filterOf } from "./filter.ts";
import { createLane } from "./lane.ts";
import { assertMay, type Role } from "./role.ts";
import { type StreamMapping, type StreamMappingConfig, type StreamMappingDeps, sequenceOf } from "./stream-types.ts";

/**
 * A DynamoDB stream's event source mapping: feeds a function in order, and resumes where it was
 * after the host was killed. A record may come again; none is lost.
 */
export async function createStreamMapping(
  config: StreamMappingConfig,
  deps: StreamMappingDeps,
): Promise<StreamMapping> {
  assertStreamRole(config, deps.role);
  const { log } = deps;
  const lanesCount = config.parallelizationFactor ?? 1;
  const start = config.startingPosition === "LATEST" ? log.latest : undefined;
  const checkpoints = await openCheckpoints(deps.checkpoint, lanesCount, start);
  const passes = filterOf(config.id, config.filterCriteria);
  const closing = new AbortController();

  const lanes = Array.from({ length: lanesCount }, (_, lane) =>
    createLane(config, {
      ...deps,
      lane,
      at: checkpoints.get(lane),
      mine: (record) => laneOf(record, lanesCount) === lane && passes(record),
      settle: (sequence) => checkpoints.set(lane, sequence),
      signal: closing.signal,
    }),
  );
  const wake = () => {
    for (const lane of lanes) lane.wake();
  };
  const unsubscribe = log.onAppend(wake);
  const running = config.enabled === false ? [] : lanes.map((lane) => lane.run());
  // A lane's trouble is told by idle(); here it only must not end the host.
  for (const run of running) run.catch((error: Error) => deps.warn(`${config.id}: a lane stopped: ${error.message}`));

  async function idle() {
    // While one lane is waited for, another may be given more.
    while (running.length > 0 && lanes.some(({ busy }) => busy)) await Promise.all(lanes.map((lane) => lane.idle()));
  }

  return {
    config,
    position: checkpoints.lowest,
    idle,
    async lag() {
      let behind = 0;
      for (let after = checkpoints.lowest(); ; ) {
        const page = await log.read(after, 1000);
        for (const record of page) if (passes(record) && !isDone(record)) behind += 1;
        if (page.length === 0) return behind;
        after = sequenceOf(page.at(-1)!);
      }
    },
    async close() {
      closing.abort();
      unsubscribe();
      wake();
      await Promise.allSettled(running);
    },
  };

  function isDone(record: StreamRecord) {
    const at = checkpoints.get(laneOf(record, lanesCount));
    return at !== undefined && sequenceOf(record) <= at;
  }
}

function assertStreamRole({ id, eventSourceArn, destinationConfig }: StreamMappingConfig, role: Role) {
  for (const verb of ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"])
    assertMay(id, role, `dynamodb:${verb}`, eventSourceArn);
  const destination = destinationConfig?.onFailure?.destinationArn;
  if (destination?.startsWith("arn:aws:s3:"))
    assertMay(id, role, "s3:PutObject", `${destination}/aws/lambda/${id}/any`);
  else if (destination !== undefined) assertMay(id, role, "sqs:SendMessage", destination);
}

/** Changes of one item always share a lane, so that they stay in order. */
const laneOf = ({ dynamodb }: StreamRecord, lanes: number): number =>
  lanes === 1 ? 0 : createHash("md5").update(JSON.stringify(dynamodb.Keys)).digest().readUInt32BE() % lanes;
