import { alone } from "../lib/rule.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html, those without a date of deprecation within a year. */
const supported = [
  "nodejs24.x",
  "nodejs22.x",
  "python3.14",
  "python3.13",
  "java25",
  "java21",
  "dotnet10",
  "ruby3.4",
  "provided.al2023",
];

export const functionRuntime = alone(
  {
    id: 21,
    name: "function-runtime",
    level: "mandatory",
    known: "FSBP Lambda.2; NAG L1",
    checks:
      "Each function runs on a runtime that AWS keeps; a container image, which nobody can look into here, needs a reason.",
    why: "An old runtime gets no security fixes, and one day cannot be deployed any more.",
    mend: `use one of ${supported.join(", ")}.`,
  },
  ["aws:lambda/function:Function"],
  ({ name, props }, report) => {
    const { packageType, runtime } = props;
    if (packageType === "Image") report(`Expected ${name} to have a runtime, received a container image.`, "Image");
    else if (!supported.includes(runtime)) report(`Expected a supported runtime for ${name}, received ${runtime}.`);
  },
);
