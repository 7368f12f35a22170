import { add, allow, type Spoil, set } from "../spoil.ts";

const table = "arn:aws:dynamodb:eu-west-1:000000000000:table";

export const permissionSpoils: readonly Spoil[] = [
  {
    rule: "no-wildcards",
    what: "a wildcard for actions",
    spoil: allow("resize-policy", { Action: ["dynamodb:*"], Resource: `${table}/catalog` }),
    says: /resize-policy to name its actions in full, received dynamodb:\*/,
  },
  ...["*", `${table}/*`, "arn:aws:s3:::*", "arn:aws:dynamodb:*:*:table/catalog"].map((Resource) => ({
    rule: "no-wildcards",
    what: `the resource ${Resource}`,
    spoil: allow("resize-policy", { Action: ["dynamodb:GetItem"], Resource }),
    says: /resize-policy to name what it may dynamodb:GetItem, received/,
  })),
  {
    rule: "no-wildcards",
    what: "everything but something",
    spoil: allow("resize-policy", { NotAction: ["iam:PassRole"], Resource: `${table}/catalog` }),
    says: /received \*/,
  },
  {
    rule: "no-managed-policies",
    what: "AWS's own",
    spoil: add("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "basic", {
      policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    }),
    says: /basic.*AWSLambdaBasicExecutionRole/,
  },
  {
    rule: "no-administrators",
    what: "all of it",
    spoil: allow("resize-policy", { Action: "*", Resource: "*" }),
    says: /resize-policy.*received \*:\*/,
  },
  {
    rule: "no-decrypt-of-all-keys",
    what: "every key",
    spoil: allow("resize-policy", { Action: ["kms:*"], Resource: "*" }),
    says: /keys it may kms:Decrypt with, received \*/,
  },
  {
    rule: "no-decrypt-of-all-keys",
    what: "every key of the account",
    spoil: allow("resize-policy", { Action: ["kms:Decrypt"], Resource: "arn:aws:kms:eu-west-1:000000000000:key/*" }),
    says: /received arn:aws:kms/,
  },
  {
    rule: "no-users",
    what: "a user with a key",
    spoil: add("aws:iam/accessKey:AccessKey", "ann-key", { user: "ann" }),
    says: /no AccessKey in the stack, found ann-key/,
  },
  {
    rule: "roles-apart",
    what: "two functions with one role",
    spoil: (resources) => {
      const { role } = resources.find(({ name }) => name === "api-fn")!.inputs;
      return set("resize-fn", { role })(resources);
    },
    says: /(api|resize)-fn to have a role of its own, but (resize|api)-fn has the same/,
  },
  {
    rule: "roles-apart",
    what: "a function that passes roles on",
    spoil: allow("resize-policy", { Action: ["iam:PassRole"], Resource: "arn:aws:iam::000000000000:role/x" }),
    says: /resize-fn not to pass roles on/,
  },
  {
    rule: "roles-apart",
    what: "a signer of uploads that may write anywhere",
    spoil: allow("api-policy", { Action: ["s3:PutObject"], Resource: "arn:aws:s3:::darkroom-prod-incoming-bucket/*" }),
    says: /api-fn.* below a prefix only, received arn:aws:s3:::darkroom-prod-incoming-bucket\/\*/,
  },
  {
    rule: "key-rotation",
    what: "a key that stays the same",
    spoil: add("aws:kms/key:Key", "key", { enableKeyRotation: false }),
    says: /enableKeyRotation of key/,
  },
  {
    rule: "key-kept-and-closed",
    what: "a key that goes within a week",
    spoil: add("aws:kms/key:Key", "key", { deletionWindowInDays: 7 }),
    says: /30 days before it goes, received 7/,
  },
  {
    rule: "key-kept-and-closed",
    what: "a key for everybody",
    spoil: add("aws:kms/key:Key", "key", {
      policy: JSON.stringify({
        Statement: { Effect: "Allow", Principal: { AWS: "*" }, Action: "kms:*", Resource: "*" },
      }),
    }),
    says: /policy of key to name who may use it/,
  },
  {
    rule: "secrets-kept",
    what: "a secret that is not renewed, without a reason",
    spoil: add("aws:secretsmanager/secret:Secret", "spare", { arn: "arn:spare" }),
    says: /SecretRotation for spare/,
  },
  {
    rule: "secrets-kept",
    what: "a secret's value in an environment",
    spoil: (resources) => {
      const { secretString } = resources.find(({ name }) => name === "door-value")!.inputs;
      return set("resize-fn", { environment: { variables: { NOTE: secretString } } })(resources);
    },
    says: /environment of resize-fn, found one in NOTE/,
  },
  {
    rule: "secrets-kept",
    what: "a variable that is a key by its name",
    spoil: set("resize-fn", { environment: { variables: { TINIFY_API_KEY: "abc" } } }),
    says: /found one in TINIFY_API_KEY/,
  },
  {
    rule: "secrets-kept",
    what: "a parameter in plain text",
    spoil: add("aws:ssm/parameter:Parameter", "github-token", { type: "String", value: "x" }),
    says: /github-token to be a SecureString/,
  },
];
