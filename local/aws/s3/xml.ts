import { parseXML } from "@aws-sdk/xml-builder";
import { S3Error } from "./errors.ts";

export type Xml = string | number | boolean | undefined | readonly Xml[] | { readonly [name: string]: Xml };

/** An XML document. A list repeats its element; undefined leaves it out. */
export function document(root: string, content: Xml): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner(content)}</${root}>`;
}

export function errorDocument(error: S3Error, resource: string, requestId: string): string {
  const content = inner({
    Code: error.code,
    Message: error.message,
    ...error.details,
    Resource: resource,
    RequestId: requestId,
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${content}</Error>`;
}

/** The content of a request's root element, as the AWS SDK's parser sees it. @throws S3Error `MalformedXML` */
export function parse(text: string, root: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parseXML(text)[root];
  } catch (cause) {
    throw malformed(root, (cause as Error).message);
  }
  if (content === "") return {};
  if (typeof content === "object" && content !== null && !Array.isArray(content))
    return content as Record<string, unknown>;
  throw malformed(root, "another document");
}

/** Elements of this name, whether the document holds none, one or many. @throws S3Error `MalformedXML` when one holds no elements. */
export function children(parent: unknown, name: string): Record<string, unknown>[] {
  const found = (parent as Record<string, unknown> | undefined)?.[name];
  const list = found === undefined ? [] : Array.isArray(found) ? found : [found];
  if (!list.every((child) => typeof child === "object" && child !== null)) throw malformed(name, "text");
  return list;
}

const malformed = (expected: string, received: string) =>
  new S3Error("MalformedXML", `Expected well-formed XML with a ${expected} element, received ${received}.`);

function inner(content: Xml): string {
  if (typeof content !== "object") return content === undefined ? "" : escaped(String(content));
  return Object.entries(content)
    .map(([name, value]) => element(name, value))
    .join("");
}

function element(name: string, value: Xml): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join("");
  return `<${name}>${inner(value)}</${name}>`;
}

/** Control characters too: keys may hold them, and S3 writes them as references although XML 1.0 forbids it. */
const escaped = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold them
  text.replace(/[&<>"'\x00-\x1f\x7f-\x9f\u2028]/g, (mark) => `&#x${mark.charCodeAt(0).toString(16)};`);
