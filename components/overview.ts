import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { described } from "./alarms.ts";
import { sectionsOf } from "./dashboard/sections.ts";
import { bodyOf } from "./dashboard/widgets.ts";
import type { Inventory } from "./inventory.ts";

export interface OverviewArgs {
  settings: Settings;
  /** Begun before anything that is to be seen was made. */
  inventory: Inventory;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/**
 * What a person looks at first: the stack's dashboard, and one alarm that says that pictures do not
 * get through, whatever the reason. Made last.
 */
export class Overview extends pulumi.ComponentResource {
  constructor(
    name: string,
    { settings, inventory, alarmTopicArn }: OverviewArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:Overview", name, {}, opts);
    const child = { parent: this };
    const stack = `${pulumi.getProject()}-${pulumi.getStack()}`;
    const stuck =
      alarmTopicArn &&
      new aws.cloudwatch.CompositeAlarm(
        `${name}-stuck`,
        {
          alarmName: `${stack}-pipeline-stuck`,
          alarmDescription: described("The pipeline is stuck: pictures do not get through.", "stuck"),
          alarmRule: pulumi
            .all(inventory.alarms.filter(isStandstill).map(({ resource }) => resource.name))
            .apply((names) => names.map((each) => `ALARM("${each}")`).join(" OR ")),
          alarmActions: [alarmTopicArn],
          okActions: [alarmTopicArn],
        },
        child,
      );
    const alarms = [...(stuck ? [stuck.arn] : []), ...inventory.alarms.map(({ resource }) => resource.arn)];
    new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      // Dashboards are of the whole account, not of a Region.
      {
        dashboardName: `${stack}-${settings.region}`,
        dashboardBody: bodyOf(sectionsOf({ settings, inventory, alarms })),
      },
      child,
    );
    this.registerOutputs();
  }
}

/** Changes or uploads that wait, and pictures that stand still though they were woken. A source that waits is its own trouble. */
const isStandstill = ({ metric, within }: Inventory["alarms"][number]) =>
  metric === "Stuck" ||
  (["darkroom:index:Pipeline", "darkroom:index:Announcements"].some((type) => within.includes(type)) &&
    (metric === "IteratorAge" || metric === "ApproximateAgeOfOldestMessage"));
