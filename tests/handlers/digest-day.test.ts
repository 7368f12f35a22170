import { describe, expect, it } from "vitest";
import { clockHours, dayBefore, dayEnded, daySoFar, hourOf, isWithin } from "../../handlers/digest/day.ts";
import { dateIn } from "../../handlers/digest/words.ts";

describe("the day that ended", () => {
  it("is yesterday by the clocks of the zone, not of UTC", () => {
    // Seven in Auckland is still the evening before in UTC.
    const day = dayEnded(new Date("2026-11-22T18:00:00Z"), "Pacific/Auckland");
    expect(day.date).toBe("2026-11-22");
    expect(day.start.toISOString()).toBe("2026-11-21T11:00:00.000Z");
    expect(day.end.toISOString()).toBe("2026-11-22T11:00:00.000Z");
    expect(dayBefore(day)).toMatchObject({ date: "2026-11-21", end: day.start });
  });

  it("ends at midnight, so that a digest at midnight is of the day that just was", () => {
    expect(dayEnded(new Date("2026-11-22T23:00:00Z"), "Europe/Berlin").date).toBe("2026-11-22");
    expect(dayEnded(new Date("2026-11-22T22:59:59Z"), "Europe/Berlin").date).toBe("2026-11-21");
  });

  it.each([
    ["Europe/Berlin, clocks put forward", "2026-03-30T05:00:00Z", "Europe/Berlin", "2026-03-29", 23],
    ["Europe/Berlin, clocks put back", "2026-10-26T06:00:00Z", "Europe/Berlin", "2026-10-25", 25],
    ["Lord Howe, by half an hour", "2026-04-05T20:00:00Z", "Australia/Lord_Howe", "2026-04-05", 24.5],
    ["Cairo, which has no midnight that day", "2026-04-25T06:00:00Z", "Africa/Cairo", "2026-04-24", 23],
    ["Kiritimati, furthest ahead", "2026-11-22T18:00:00Z", "Pacific/Kiritimati", "2026-11-22", 24],
    ["Pago Pago, furthest behind", "2026-11-22T18:00:00Z", "Pacific/Pago_Pago", "2026-11-21", 24],
  ])("is as long as it was: %s", (_, now, timeZone, date, hours) => {
    const day = dayEnded(new Date(now), timeZone);
    expect(day.date).toBe(date);
    expect((day.end.getTime() - day.start.getTime()) / 3600_000).toBe(hours);
    expect(clockHours(day)).toHaveLength(Math.ceil(hours));
    expect(dayBefore(day).end).toEqual(day.start);
  });

  it("shows the hour that comes twice twice, and not the one that is left out", () => {
    const clocksOf = (now: string) => clockHours(dayEnded(new Date(now), "Europe/Berlin"));
    expect(clocksOf("2026-10-26T06:00:00Z").slice(0, 5)).toEqual(["00", "01", "02", "02", "03"]);
    expect(clocksOf("2026-03-30T05:00:00Z").slice(0, 4)).toEqual(["00", "01", "03", "04"]);
  });

  it("holds its first moment and not the next day's", () => {
    const day = dayEnded(new Date("2026-10-26T06:00:00Z"), "Europe/Berlin");
    expect(isWithin(day, "2026-10-24T22:00:00.000Z")).toBe(true);
    expect(isWithin(day, "2026-10-24T21:59:59.999Z")).toBe(false);
    expect(isWithin(day, "2026-10-25T22:59:59.999Z")).toBe(true);
    expect(isWithin(day, "2026-10-25T23:00:00.000Z")).toBe(false);
    expect(hourOf(day, "2026-10-25T22:59:59.999Z")).toBe(24);
  });
});

describe("the day so far", () => {
  it("ends with the moment of asking, and is set beside as much of the day before", () => {
    const day = daySoFar(new Date("2026-11-23T13:05:00Z"), "Europe/Berlin");
    expect(dateIn(day)).toBe("Monday 23 November until 14:05");
    expect(isWithin(day, "2026-11-23T13:04:59.999Z")).toBe(true);
    expect(isWithin(day, "2026-11-23T13:05:00.000Z")).toBe(false);
    const before = dayBefore(day);
    expect(before.date).toBe("2026-11-22");
    expect(isWithin(before, "2026-11-22T13:04:59.999Z")).toBe(true);
    expect(isWithin(before, "2026-11-22T13:05:00.000Z")).toBe(false);
    // The chart is a whole day's.
    expect(clockHours(day)).toHaveLength(24);
  });
});
