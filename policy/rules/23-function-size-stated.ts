import { alone } from "../lib/rule.ts";

export const functionSizeStated = alone(
  {
    id: 23,
    name: "function-size-stated",
    level: "mandatory",
    known: "NAG LambdaDefaultMemorySize, LambdaDefaultTimeout",
    checks: "Each function states its memory and its time-out, and they are not the defaults.",
    why: "128 MB and 3 seconds kill a function that decodes pictures.",
    mend: "set memorySize and timeout to what was measured.",
  },
  ["aws:lambda/function:Function"],
  ({ name, props }, report) => {
    for (const [property, standard] of [
      ["memorySize", 128],
      ["timeout", 3],
    ] as const) {
      const stated: unknown = props[property];
      if (typeof stated !== "number" || stated === standard)
        report(`Expected ${name} to state its ${property}, other than ${standard}, received ${stated}.`, property);
    }
  },
);
