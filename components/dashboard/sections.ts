import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../../settings.ts";
import type { Inventory } from "../inventory.ts";
import { frontDoor, functions, queues } from "./machines.ts";
import { costs, funnel, judgement, sources, speed, standstill } from "./pictures.ts";
import { alarmStates, graph, heading, type Section } from "./widgets.ts";

interface Shown {
  readonly settings: Settings;
  readonly inventory: Inventory;
  /** ARNs of all alarms, the most important first. */
  readonly alarms: readonly pulumi.Input<string>[];
}

/** What the dashboard shows, from what matters to people down to the machines. */
export function sectionsOf({ settings, inventory, alarms }: Shown) {
  const { environment, region, alarms: { runbooks = "docs/runbooks" } = {} } = settings;
  const sections: readonly Section[] = [
    funnel(environment),
    speed(environment),
    judgement(environment),
    costs(settings),
    standstill(environment),
    sources(settings),
    functions(inventory),
    queues(inventory),
    frontDoor(inventory),
  ];
  return [
    heading(`# Darkroom ${environment}\nPictures first, machines below. What to do about an alarm: ${runbooks}`),
    // A widget takes no more.
    ...(alarms.length > 0 ? [alarmStates("Alarms", alarms.slice(0, 100))] : []),
    ...sections
      .filter(({ graphs }) => graphs.length > 0)
      .flatMap(({ title, says, graphs }) => [
        heading(`## ${title}\n${says}`),
        ...graphs.map((each) => graph(each, region)),
      ]),
  ];
}
