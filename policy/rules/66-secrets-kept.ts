import { together } from "../lib/rule.ts";
import { peek, type Seen } from "../lib/seen.ts";
import type { Stack } from "../lib/stack.ts";

export const secretsKept = together(
  {
    id: 66,
    name: "secrets-kept",
    level: "mandatory",
    known: "FSBP SecretsManager.1, SecretsManager.4; NAG SMG4, SecretsManagerUsingKMSKey",
    checks:
      "Secrets lie in Secrets Manager or a SecureString, are renewed or say why not, and stand in no function's environment.",
    why: "Whoever may look at a function's settings reads its environment.",
    mend: "hand the function the secret's ARN, and add a SecretRotation or a reason why there is none.",
  },
  ["aws:secretsmanager/secret:Secret", "aws:ssm/parameter:Parameter", "aws:lambda/function:Function"],
  (one, report, stack) => {
    if (one.type === "aws:secretsmanager/secret:Secret") {
      if (stack.naming("aws:secretsmanager/secretRotation:SecretRotation", "secretId", one).length === 0)
        report(`Expected a SecretRotation for ${one.name}, found none.`, "rotation");
    } else if (one.type === "aws:ssm/parameter:Parameter") {
      if (secretName.test(one.name) && one.props["type"] !== "SecureString")
        report(`Expected ${one.name} to be a SecureString, received ${one.props["type"]}.`);
    } else
      for (const variable of plainSecrets(one, stack))
        report(`Expected no secret in the environment of ${one.name}, found one in ${variable}.`, variable);
  },
);

const secretName = /secret|token|password|passwd|credential|api_?key|private_?key/i;

/** Variables that hold a value of one of the stack's secrets, or say so by their name and hold more than a reference. */
function plainSecrets({ props }: Seen, stack: Stack): string[] {
  const values = stack
    .of("aws:secretsmanager/secretVersion:SecretVersion")
    .map((version) => peek(() => version.props["secretString"] as string))
    .filter((value) => value !== undefined && value.length >= 8);
  const variables: Readonly<Record<string, string>> = props["environment"]?.variables ?? {};
  return Object.keys(variables).filter((name) => {
    const value = peek(() => variables[name]);
    if (!value) return false;
    return (
      values.some((secret) => value.includes(secret!)) || (secretName.test(name) && !/^(arn:|https?:|\/)/.test(value))
    );
  });
}
