import { z } from "zod";
import type { SourceOptions } from "./options.ts";
import { SourceError } from "./types.ts";

/**
 * The secret of a source is one text of JSON. Each kind's forms, told apart by a field that only
 * that form has; `darkroom source connect` makes those of Dropbox and Google Drive.
 */
const text = z.string().min(1, "expected some text, received none");
const oauth = { clientId: text, clientSecret: text, refreshToken: text };

const forms = {
  s3: { accessKeyId: z.strictObject({ accessKeyId: text, secretAccessKey: text, sessionToken: text.optional() }) },
  dropbox: { refreshToken: z.strictObject(oauth) },
  "google-drive": {
    /** `webhookSecret` is any long random text. Drive repeats it in its calls. */
    refreshToken: z.strictObject({ ...oauth, webhookSecret: text.optional() }),
    /** A service account's key as Google hands it out, with whatever else is in it. */
    private_key: z.object({
      client_email: text,
      private_key: text,
      /** Address of the user it acts for. */
      subject: text.optional(),
      webhookSecret: text.optional(),
    }),
  },
  "azure-blob": {
    /** `webhookKey` is any long random text. Event Grid is given it as `?key=` of the webhook's address. */
    sas: z.strictObject({ sas: text, webhookKey: text.optional() }),
    connectionString: z.strictObject({ connectionString: text, webhookKey: text.optional() }),
    /** No secret at all: Entra ID trusts the identity of the Lambda's role. */
    tenantId: z.strictObject({ tenantId: text, clientId: text, webhookKey: text.optional() }),
    /** Beside `entra` in the config, which lets in without a secret. */
    webhookKey: z.strictObject({ webhookKey: text }),
  },
} as const;

type Forms = typeof forms;
export type KindWithSecret = keyof Forms;
/** What the secret of a kind may hold. */
export type SecretOf<K extends KindWithSecret> = { [F in keyof Forms[K]]: z.infer<Forms[K][F]> }[keyof Forms[K]];

/** @throws SourceError CONFIG that lists every problem, and never repeats what is in the secret. */
export function secretOf<K extends KindWithSecret>(source: string, kind: K, secret: string): SecretOf<K> {
  const refuse = (problems: string) =>
    new SourceError(source, "CONFIG", `expected the secret of a ${kind} source as ${shapesOf(kind)}, but ${problems}`);
  const value = parsed(secret);
  if (typeof value !== "object" || value === null) throw refuse("it is no JSON object");
  const form = Object.entries(forms[kind]).find(([field]) => field in value)?.[1] as z.ZodType | undefined;
  if (form === undefined) throw refuse(`it has none of ${Object.keys(forms[kind]).join(", ")}`);
  const checked = form.safeParse(value);
  if (checked.success) return checked.data as SecretOf<K>;
  throw refuse(checked.error.issues.map(sentence).join("; "));
}

/** @throws SourceError CONFIG */
export const missingSecret = ({ name, kind }: Pick<SourceOptions, "name"> & { readonly kind: KindWithSecret }) =>
  new SourceError(name, "CONFIG", `expected a secret, a text of JSON such as ${shapesOf(kind)}, but there is none`);

const shapesOf = (kind: KindWithSecret) =>
  Object.values(forms[kind])
    .map(({ shape }) => `{ ${Object.keys(shape).join(", ")} }`)
    .join(" or ");

/** Zod tells types and names of fields, never values. */
const sentence = ({ path, message }: z.core.$ZodIssue) => (path.length > 0 ? `${path.join(".")}: ${message}` : message);

function parsed(secret: string): unknown {
  try {
    return JSON.parse(secret);
  } catch {
    // What the parser says repeats a part of the text.
    return undefined;
  }
}
