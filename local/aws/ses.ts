import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { PlainAnswer } from "../http.ts";
import { parseJson } from "./dynamodb/json-protocol.ts";
import { ServiceError } from "./dynamodb/service-error.ts";
import { jsonAnswer, restJson } from "./rest-json.ts";
import { signedRequest } from "./signed-request.ts";
import type { Endpoint, EndpointDeps } from "./types.ts";

export interface SesIdentity {
  /** An address, or a domain for all its addresses. */
  readonly name: string;
  readonly arn: string;
  /** Name of the settings that hold where a mail names none. */
  readonly configurationSet?: string;
}

export interface SentMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly attachments?: readonly Attachment[];
}

export interface Attachment {
  readonly name: string;
  readonly type: string;
  /** By which the HTML shows it, as `cid:<id>`. */
  readonly id?: string;
  readonly base64: string;
}

export interface SesOptions {
  readonly identities: readonly SesIdentity[];
  /** ARNs of the configuration sets, by their names. */
  readonly configurationSets: ReadonlyMap<string, string>;
  readonly deliver: (mail: SentMail) => Promise<void>;
  readonly deps: EndpointDeps;
}

/** SES version 2 as far as functions use it: SendEmail of a simple mail. */
export function createSes({ identities, configurationSets, deliver, deps }: SesOptions): Endpoint {
  async function handle(request: IncomingMessage): Promise<PlainAnswer> {
    const { body, allow } = await signedRequest(request, deps);
    if (request.method !== "POST" || !request.url?.endsWith("/v2/email/outbound-emails"))
      throw new ServiceError(
        "NotFoundException",
        `Expected SendEmail, but received ${request.method} ${request.url}, which the laptop's SES does not have.`,
        { status: 404 },
      );
    const input = parseJson(body) as SendEmail;
    const mail = mailOf(input);
    const address = addressIn(mail.from);
    const identity = identityOf(identities, address);
    const context = { "ses:FromAddress": address, "ses:ApiVersion": "2" };
    allow({ action: "ses:SendEmail", resource: identity.arn, context });
    const settings = input.ConfigurationSetName ?? identity.configurationSet;
    if (settings !== undefined) allow({ action: "ses:SendEmail", resource: settingsOf(settings), context });
    await deliver(mail);
    return jsonAnswer(200, { MessageId: randomUUID() });
  }

  function settingsOf(name: string): string {
    const arn = configurationSets.get(name);
    if (arn !== undefined) return arn;
    throw new ServiceError("NotFoundException", `Configuration set <${name}> does not exist.`, { status: 404 });
  }

  return restJson(handle);
}

interface SendEmail {
  readonly FromEmailAddress?: string;
  readonly ConfigurationSetName?: string;
  readonly Destination?: Readonly<Partial<Record<"ToAddresses" | "CcAddresses" | "BccAddresses", readonly string[]>>>;
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: { readonly Data?: string };
      readonly Body?: { readonly Text?: { readonly Data?: string }; readonly Html?: { readonly Data?: string } };
      readonly Attachments?: readonly SentAttachment[];
    };
  };
}

type SentAttachment = Readonly<Partial<Record<"FileName" | "RawContent" | "ContentType" | "ContentId", string>>>;

function mailOf({ FromEmailAddress: from, Destination = {}, Content }: SendEmail): SentMail {
  const to = [Destination.ToAddresses, Destination.CcAddresses, Destination.BccAddresses].flatMap((some) => some ?? []);
  const { Subject, Body, Attachments } = Content?.Simple ?? {};
  if (from === undefined || to.length === 0 || Subject?.Data === undefined || Body === undefined)
    throw bad("Expected FromEmailAddress, Destination and Content.Simple with a subject and a body.");
  const strange = [from, ...to].filter((address) => !isAddress(address));
  if (strange.length > 0) throw bad(`Expected addresses such as a@example.com, received ${JSON.stringify(strange)}.`);
  if (/[\r\n]/.test(Subject.Data)) throw bad("Expected a subject of one line.");
  return {
    from,
    to,
    subject: Subject.Data,
    text: Body.Text?.Data,
    html: Body.Html?.Data,
    ...(Attachments && { attachments: Attachments.map(attachmentOf) }),
  };
}

function attachmentOf({
  FileName: name,
  RawContent: base64,
  ContentType: type = "application/octet-stream",
  ContentId: id,
}: SentAttachment): Attachment {
  if (name === undefined || base64 === undefined)
    throw bad("Expected each of Attachments to have FileName and RawContent.");
  return { name, type, id, base64 };
}

/** The address's own identity, or its domain's. */
function identityOf(identities: readonly SesIdentity[], address: string): SesIdentity {
  const named = (name: string) => identities.find((identity) => identity.name.toLowerCase() === name.toLowerCase());
  const found = named(address) ?? named(address.slice(address.lastIndexOf("@") + 1));
  if (found !== undefined) return found;
  throw new ServiceError(
    "MessageRejected",
    `Email address is not verified. The following identities failed the check: ${address}. Make a sesv2.EmailIdentity for it.`,
  );
}

/** A bare address, or one after a name in `Name <address>`; never a second line, which would be a header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const isAddress = (text: string) => !/[\x00-\x1f\x7f]/.test(text) && /^[^\s<>@,;]+@[^\s<>@,;]+$/.test(addressIn(text));

const addressIn = (text: string) => /<([^<>]*)>$/.exec(text)?.[1] ?? text;

const bad = (message: string) => new ServiceError("BadRequestException", message);
