import { InvokeCommand, type InvokeCommandInput, LambdaClient } from "@aws-sdk/client-lambda";
import { describe, expect, it, onTestFinished } from "vitest";
import { invokeLater } from "../../handlers/aws/invoke.ts";
import { lambdaEndpoint } from "../../local/aws/lambda.ts";
import { account, credentials, knowing, region } from "./caller.ts";
import { serve } from "./serve.ts";

const arnOf = (name: string) => `arn:aws:lambda:${region}:${account}:function:${name}`;

async function lambda(granted = arnOf("digest")) {
  const events: [string, unknown][] = [];
  const endpoint = lambdaEndpoint({
    functions: new Map(["digest", "resize"].map((name) => [name, arnOf(name)])),
    invokeAsync: (...event) => void events.push(event),
    deps: knowing({ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: granted }),
  });
  const url = await serve((...exchange) => void endpoint(...exchange));
  const client = new LambdaClient({ region, endpoint: `${url}/aws/lambda`, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const invoke = (change: Partial<InvokeCommandInput> = {}) =>
    client.send(new InvokeCommand({ FunctionName: "digest", InvocationType: "Event", Payload: "{}", ...change }));
  return { client, invoke, events };
}

describe("Lambda", () => {
  it.each(["digest", arnOf("digest")])("keeps an event for %s", async (name) => {
    const { client, events } = await lambda();
    await invokeLater(client, name)({ day: "last" });
    expect(events).toEqual([[arnOf("digest"), { day: "last" }]]);
  });

  it("answers 202, and takes no payload for an empty one", async () => {
    const { invoke, events } = await lambda();
    expect((await invoke({ Payload: undefined })).StatusCode).toBe(202);
    expect(events).toEqual([[arnOf("digest"), {}]]);
  });

  it.each([
    ["a function that the caller may not invoke", { FunctionName: "resize" }, "AccessDeniedException"],
    ["a function that is not there", { FunctionName: "nobody" }, "ResourceNotFoundException"],
    ["to wait for an answer", { InvocationType: "RequestResponse" }, "InvalidParameterValueException"],
    ["what is no JSON", { Payload: "day" }, "InvalidRequestContentException"],
  ] as const)("refuses %s", async (_, change, name) => {
    const { invoke, events } = await lambda();
    await expect(invoke(change)).rejects.toMatchObject({ name });
    expect(events).toEqual([]);
  });
});
