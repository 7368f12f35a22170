import { describe, expect, it } from "vitest";
import { filterPattern } from "../../local/metrics/filter-pattern.ts";

/** The events that AWS's own page shows its patterns on. */
const trail = {
  eventType: "UpdateTrail",
  sourceIPAddress: "111.111.111.111",
  arrayKey: ["value", "another value"],
  objectList: [
    { name: "a", id: 1 },
    { name: "b", id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
};
const people = {
  user: { id: 1, email: "John.Stiles@example.com" },
  users: [
    { id: 2, email: "John.Doe@example.com" },
    { id: 3, email: "Jane.Doe@example.com" },
  ],
  actions: ["GET", "PUT", "DELETE"],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
    [7, 8, 9],
  ],
};
const outcome = { level: "INFO", message: "rejected", actor: "moderate", ms: 412, reason: "NUDITY", bytes: 1.5e6 };

describe("a filter pattern", () => {
  it.each([
    ['{ $.eventType = "UpdateTrail" }', trail, true],
    ["{ $.eventType = UpdateTrail }", trail, true],
    ['{$.eventType="UpdateTrail"}', trail, true],
    ['{ $.eventType = "updateTrail" }', trail, false],
    ["{ $.sourceIPAddress != 123.123.* }", trail, true],
    ["{ $.sourceIPAddress != 111.111.* }", trail, false],
    ["{ $.eventType = *Trail }", trail, true],
    ["{ $.eventType = *date* }", trail, true],
    ['{ $.eventType = "*ail" }', trail, true],
    ["{ $.eventType = Up*ail }", trail, false],
    ['{ $.arrayKey[0] = "value" }', trail, true],
    ['{ $.eventType[0] = "U" }', trail, false],
    ["{ $.objectList[1].id = 2 }", trail, true],
    ["{ $.SomeObject IS NULL }", trail, true],
    ["{ $.eventType IS NULL }", trail, false],
    ["{ $.SomeOtherObject IS NULL }", trail, false],
    ["{ $.SomeOtherObject NOT EXISTS }", trail, true],
    ["{ $.SomeObject NOT EXISTS }", trail, false],
    ["{ $.ThisFlag IS TRUE }", trail, true],
    ["{ $.ThisFlag IS FALSE }", trail, false],
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', people, true],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', people, false],
    [
      '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
      people,
      true,
    ],
    [
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
      people,
      false,
    ],
    ["{ $.coordinates[0][1] = 1 }", people, true],
    // A list is no value: neither = nor != holds.
    ["{ $.users = 1 }", people, false],
    ["{ $.users != 1 }", people, false],
    ["{ $.nobody != 1 }", people, false],
    ["{ $.ms >= 412 }", outcome, true],
    ["{ $.ms > +412 }", outcome, false],
    ["{ $.ms < 10e3 }", outcome, true],
    ["{ $.ms < 10e-3 }", outcome, false],
    ["{ $.bytes = 1.5e6 }", outcome, true],
    ["{ $.ms != 500 }", outcome, true],
    ["{ $.ms <= 55.5 }", outcome, false],
    ["{ $.reason > 3 }", outcome, false],
    ["{ $.ms = * }", outcome, true],
    ["{ $.gone = * }", outcome, false],
    ['{ ($.message = "rejected") && ($.actor = "moderate") }', outcome, true],
    ['{ ($.message = "published") || (($.actor = "moderate") && ($.ms < 100)) }', outcome, false],
    ["", outcome, true],
  ])("%s", (pattern, line, passes) => {
    expect(filterPattern(pattern)(line)).toBe(passes);
  });

  it("passes over a line that is not JSON", () => {
    expect(filterPattern("{ $.message NOT EXISTS }")("text")).toBe(true);
    expect(filterPattern("{ $.message = * }")(undefined)).toBe(false);
  });

  it.each([
    "ERROR",
    '"quoted phrase"',
    "?ERROR ?WARN",
    "[ip, user, ..., status = 4*]",
    "%AUTHORIZED%",
    "{ $.message = %publ.*% }",
  ])("refuses %s by name, as this host does not know that kind", (pattern) => {
    expect(() => filterPattern(pattern)).toThrow(expect.objectContaining({ code: "FILTER_PATTERN_UNSUPPORTED" }));
  });

  it.each([
    "{ }",
    "{ $.message }",
    "{ $.message = }",
    "{ message = published }",
    "{ $.a = 1 $.b = 2 }",
    "{ ($.a = 1 }",
    "{ $.a = 1 && }",
    "{ $.a == 1 }",
    "{ $.a IS MAYBE }",
    "{ $.a < many }",
    "{ $.list[*] = 1 }",
    "{ $.a = 1",
    '{ $.a = "open }',
  ])("refuses %s as a mistake", (pattern) => {
    expect(() => filterPattern(pattern)).toThrow(expect.objectContaining({ code: "FILTER_PATTERN_INVALID" }));
  });
});
