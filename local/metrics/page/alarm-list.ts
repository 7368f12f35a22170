import type { AlarmState } from "../alarm-state.ts";
import type { Alarm } from "../alarms.ts";
import { escaped } from "./html.ts";

/** Alarms with their states, those that ring first. */
export function alarmList(alarms: readonly Alarm[]): string {
  if (alarms.length === 0) return '<p class="none">The graph has none of these alarms.</p>';
  const items = alarms
    .toSorted((a, b) => urgency.indexOf(a.state) - urgency.indexOf(b.state) || (a.name < b.name ? -1 : 1))
    .map(
      ({ name, state, about, description = "" }) =>
        `<li><span class="state ${state}">${words[state]}</span> <strong>${escaped(name)}</strong> <span class="about">${escaped(about)}</span><span class="about">${escaped(description)}</span></li>`,
    );
  return `<ul class="alarms">${items.join("")}</ul>`;
}

const urgency: readonly AlarmState[] = ["ALARM", "INSUFFICIENT_DATA", "OK"];
const words: Readonly<Record<AlarmState, string>> = { ALARM: "Alarm", INSUFFICIENT_DATA: "No data", OK: "OK" };
