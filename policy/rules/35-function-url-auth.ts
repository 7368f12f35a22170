import { alone } from "../lib/rule.ts";

export const functionUrlAuth = alone(
  {
    id: 35,
    name: "function-url-auth",
    level: "mandatory",
    known: "NAG LambdaFunctionUrlAuth; AWS Config cloudfront-origin-lambda-url-oac-enabled",
    checks: "Function URLs ask for AWS credentials.",
    why: "With NONE the whole world calls the function, past the firewall.",
    mend: "set authorizationType to AWS_IAM.",
  },
  ["aws:lambda/functionUrl:FunctionUrl"],
  ({ name, props }, report) => {
    const { authorizationType } = props;
    if (authorizationType !== "AWS_IAM")
      report(`Expected authorizationType AWS_IAM of ${name}, received ${authorizationType}.`);
  },
);
