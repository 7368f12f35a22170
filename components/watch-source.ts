import type * as pulumi from "@pulumi/pulumi";
import { watch } from "./alarms.ts";

/** Rings when a source cannot be looked at for an hour, and at once when waiting will not mend it. */
export function watchSource(
  name: string,
  source: string,
  environment: string,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
  /** What says why; or, to mend it, what is to be done. */
  says: (mend: boolean) => string = (mend) =>
    mend ? `\`darkroom source check ${source}\`` : "`darkroom source status`",
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
      description: `No look at the source ${source} has ended well for an hour. ${says(false)} says why.`,
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
      description: `The source ${source} needs somebody: to authorise it again, give it a right, free some space or mend its settings. ${says(true)} says what.`,
      metric: "SourceNeedsPerson",
      above: 0,
    },
    topicArn,
    opts,
  );
}
