import { describe, expect, it } from "vitest";
import { checkPattern, matches } from "../../local/aws/pattern.ts";

describe("matches", () => {
  const cases: [what: string, pattern: object, passing: object[], failing: object[]][] = [
    ["an exact text", { a: ["x"] }, [{ a: "x" }, { a: "x", b: 1 }], [{ a: "X" }, { a: "xy" }, {}, { a: { x: 1 } }]],
    [
      "any of several values",
      { a: ["x", 1, true, null] },
      [{ a: 1 }, { a: true }, { a: null }],
      [{ a: "1" }, { a: "true" }, { a: 0 }, {}],
    ],
    ["the empty text, not null", { a: [""] }, [{ a: "" }], [{ a: null }, {}]],
    ["fields within fields", { a: { b: ["x"] } }, [{ a: { b: "x" } }], [{ a: "x" }, { a: { c: "x" } }, { b: "x" }]],
    ["all fields at once", { a: ["x"], b: ["y"] }, [{ a: "x", b: "y" }], [{ a: "x" }, { a: "x", b: "z" }]],
    ["any element of a list", { a: ["x"] }, [{ a: ["y", "x"] }, { a: [["x"]] }], [{ a: ["y"] }, { a: [] }]],
    [
      "one element of a list with every field",
      { a: { b: ["x"], c: ["y"] } },
      [{ a: [{ b: "z" }, { b: "x", c: "y" }] }],
      [{ a: [{ b: "x" }, { c: "y" }] }],
    ],
    ["a prefix", { a: [{ prefix: "or" }] }, [{ a: "originals" }], [{ a: "Originals" }, { a: "for" }, { a: 0 }]],
    ["a suffix", { a: [{ suffix: ".jpg" }] }, [{ a: "a.jpg" }], [{ a: "a.jpeg" }, { a: ".jpg.png" }, { a: "A.JPG" }]],
    [
      "a suffix in any case",
      { a: [{ suffix: { "equals-ignore-case": ".JPG" } }] },
      [{ a: "a.jpg" }, { a: "A.JPG" }],
      [{ a: "jpg" }],
    ],
    ["a text in any case", { a: [{ "equals-ignore-case": "ReMove" }] }, [{ a: "REMOVE" }], [{ a: "REMOVED" }]],
    [
      "anything but a value",
      { a: [{ "anything-but": "x" }] },
      [{ a: "y" }, { a: 1 }, { a: ["x", "y"] }],
      [{ a: "x" }, { a: ["x"] }, {}, { a: {} }],
    ],
    ["anything but a list", { a: [{ "anything-but": [1, 2] }] }, [{ a: 3 }, { a: "1" }], [{ a: 1 }, { a: 2 }]],
    ["anything but a prefix", { a: [{ "anything-but": { prefix: "in" } }] }, [{ a: "out" }], [{ a: "incoming" }, {}]],
    [
      "anything but these suffixes",
      { a: [{ "anything-but": { suffix: [".a", ".b"] } }] },
      [{ a: "x.c" }],
      [{ a: "x.a" }, { a: "x.b" }],
    ],
    [
      "anything but a text in any case",
      { a: [{ "anything-but": { "equals-ignore-case": "x" } }] },
      [{ a: "y" }],
      [{ a: "X" }],
    ],
    ["a number above", { a: [{ numeric: [">", 0] }] }, [{ a: 0.1 }], [{ a: 0 }, { a: "1" }, {}]],
    ["a number between", { a: [{ numeric: [">=", 1, "<", 3] }] }, [{ a: 1 }, { a: 2.9 }], [{ a: 3 }, { a: 0.9 }]],
    ["a number equal", { a: [{ numeric: ["=", 5] }] }, [{ a: 5 }], [{ a: "5" }, { a: 4 }]],
    ["a field that is there", { a: { b: [{ exists: true }] } }, [{ a: { b: null } }, { a: { b: 0 } }], [{ a: {} }, {}]],
    ["a field that is not", { a: { b: [{ exists: false }] } }, [{ a: {} }, {}, { a: { b: [] } }], [{ a: { b: "" } }]],
    [
      "either of two fields",
      { $or: [{ a: ["x"] }, { b: { c: [1] } }], d: [0] },
      [
        { a: "x", d: 0 },
        { b: { c: 1 }, d: 0 },
      ],
      [{ a: "x" }, { d: 0 }],
    ],
    [
      "a stream record's status",
      { eventName: ["INSERT", "MODIFY"], dynamodb: { NewImage: { status: { S: ["received"] } } } },
      [{ eventName: "INSERT", dynamodb: { NewImage: { status: { S: "received" } } } }],
      [{ eventName: "REMOVE", dynamodb: { OldImage: { status: { S: "received" } } } }],
    ],
  ];
  it.each(cases)("takes %s", (_, pattern, passing, failing) => {
    expect(checkPattern(pattern)).toEqual([]);
    for (const event of passing) expect(matches(pattern, event), JSON.stringify(event)).toBe(true);
    for (const event of failing) expect(matches(pattern, event), JSON.stringify(event)).toBe(false);
  });

  it("does not see an image by `exists`, which AWS asks of values only", () => {
    const event = { dynamodb: { NewImage: { id: { S: "1" } } } };
    expect(matches({ dynamodb: { NewImage: [{ exists: true }] } }, event)).toBe(false);
    expect(matches({ dynamodb: { NewImage: { id: { S: [{ exists: true }] } } } }, event)).toBe(true);
  });

  it("refuses a pattern with mistakes rather than taking nothing", () => {
    expect(() => matches({ eventName: "INSERT" }, { eventName: "INSERT" })).toThrow(/^PATTERN_INVALID.*\$\.eventName/);
  });
});

describe("checkPattern", () => {
  const mistakes: [pattern: unknown, where: string][] = [
    ["text", "$ is not an object"],
    [{}, "$ is empty"],
    [{ a: {} }, "$.a is empty"],
    [{ a: "x" }, "$.a is not an object or a list"],
    [{ a: [] }, "$.a lists no value"],
    [{ a: [["x"]] }, "$.a[0] is not a value"],
    [{ a: [{ prefixx: "x" }] }, "$.a[0] is not a value or one of prefix"],
    [{ a: [{ toString: "x" }] }, "$.a[0] is not a value or one of prefix"],
    [{ a: [{ numeric: ["toString", 1] }] }, "$.a[0].numeric is not"],
    [{ a: [{}] }, "$.a[0] is not a value"],
    [{ a: [{ prefix: "x", suffix: "y" }] }, "$.a[0] holds more than one operator: prefix, suffix"],
    [{ a: [{ prefix: 1 }] }, "$.a[0].prefix is not a text"],
    [{ a: [{ exists: "true" }] }, "$.a[0].exists is not true or false"],
    [{ a: [{ numeric: [">"] }] }, "$.a[0].numeric is not"],
    [{ a: [{ numeric: ["<", 5, ">", 0] }] }, "$.a[0].numeric is not"],
    [{ a: [{ numeric: [">", 5, "<", 0] }] }, "$.a[0].numeric is not"],
    [{ a: [{ numeric: [">", "0"] }] }, "$.a[0].numeric is not"],
    [{ a: [{ numeric: ["<", 0, "<", 5] }] }, "$.a[0].numeric is not"],
    [{ a: [{ "anything-but": ["x", 1] }] }, "$.a[0].anything-but is not"],
    [{ a: [{ "anything-but": [] }] }, "$.a[0].anything-but is not"],
    [{ a: [{ "anything-but": { numeric: ["=", 1] } }] }, "$.a[0].anything-but is not"],
    [{ $or: [{ a: ["x"] }] }, "$.$or is not a list of two or more"],
    [{ $or: [{ a: ["x"] }, { a: "x" }] }, "$.$or[1].a is not"],
  ];
  it.each(mistakes)("finds the mistake in %j", (pattern, where) => {
    expect(checkPattern(pattern)).toEqual([expect.stringContaining(where)]);
  });

  it("lists every mistake, not the first alone", () => {
    expect(checkPattern({ a: "x", b: { c: [], d: [{ exist: true }] } })).toHaveLength(3);
  });
});
