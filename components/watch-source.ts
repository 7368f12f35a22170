import type * as pulumi from "@pulumi/pulumi";
import { watch } from "./alarms.ts";

/** Rings when a source cannot be looked at for an hour, and at once when waiting will not mend it. */
export function watchSource(
  name: string,
  source: string,
  environment: string,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  // Measured once a look, which may be hours apart: what was last said holds.
  const darkroom = {
    namespace: "Darkroom",
    dimensions: { Environment: environment, Source: source },
    missing: "ignore",
    statistic: "Maximum",
    runbook: "sources",
  } as const;
  watch(
    `${name}-failing`,
    {
      ...darkroom,
      description: `No look at the source ${source} has ended well for an hour. \`darkroom source status\` says why.`,
      metric: "SourceFailingMinutes",
      above: 59,
    },
    topicArn,
    opts,
  );
  watch(
    `${name}-needs-person`,
    {
      ...darkroom,
      description: `The source ${source} needs somebody: to authorise it again, give it a right, free some space or mend its settings. \`darkroom source check ${source}\` says what.`,
      metric: "SourceNeedsPerson",
      above: 0,
    },
    topicArn,
    opts,
  );
}
