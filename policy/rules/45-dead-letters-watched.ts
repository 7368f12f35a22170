import { alarmsOn } from "../lib/alarms.ts";
import { isDeadLetters } from "../lib/dead-letters.ts";
import { together } from "../lib/rule.ts";

const fortnight = 14 * 24 * 3600;

export const deadLettersWatched = together(
  {
    id: 45,
    name: "dead-letters-watched",
    level: "mandatory",
    known: "no public rule; AWS's guide on dead-letter queues",
    checks: "A queue for dead letters keeps them 14 days, and rings, in words, at the first.",
    why: "What nobody hears of is lost after four days.",
    mend: "set messageRetentionSeconds to 1209600, and add an alarm with a description on ApproximateNumberOfMessagesVisible.",
  },
  ["aws:sqs/queue:Queue"],
  (queue, report, stack) => {
    if (!isDeadLetters(stack, queue)) return;
    const kept: unknown = queue.props["messageRetentionSeconds"];
    if (kept !== fortnight)
      report(`Expected ${queue.name} to keep messages ${fortnight} s, received ${kept} s.`, "retention");
    const alarms = alarmsOn(stack, "ApproximateNumberOfMessagesVisible", "QueueName", queue);
    if (!alarms.some(({ props }) => props["alarmDescription"] && (props["threshold"] ?? 0) === 0))
      report(`Expected an alarm with a description on the first message in ${queue.name}, found none.`, "alarm");
  },
);
