/** Condition keys in lower case, as IAM compares them, with their values; some keys have a list of them. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** The call's condition keys, and those that every request has because of who makes it. */
export function contextOf(principal: string, given: Context = {}): Context {
  const isService = isServicePrincipal(principal);
  const own = isService ? {} : { "aws:principalarn": roleOf(principal), "aws:principalaccount": accountOf(principal) };
  const lower = Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]);
  return { "aws:principalisawsservice": String(isService), ...own, ...Object.fromEntries(lower) };
}

export const isServicePrincipal = (principal: string) => !principal.startsWith("arn:");

/** The role of a session, `arn:aws:iam::…:role/<role>`; every other principal as it is. */
export const roleOf = (principal: string) =>
  principal.replace(/^arn:([^:]*):sts::(\d*):assumed-role\/([^/]+)\/.*$/, "arn:$1:iam::$2:role/$3");

export const accountOf = (arn: string) => arn.split(":")[4] ?? "";
