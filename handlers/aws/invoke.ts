import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";

/** Has Lambda keep an event for a function, which then runs by itself. */
export const invokeLater =
  <T>(client: LambdaClient, functionName: string) =>
  async (event: T): Promise<void> => {
    await client.send(
      new InvokeCommand({ FunctionName: functionName, InvocationType: "Event", Payload: JSON.stringify(event) }),
    );
  };
