import { randomUUID } from "node:crypto";
import { parseXML, XmlNode } from "@aws-sdk/xml-builder";
import type { PlainAnswer } from "../http.ts";
import { ServiceError } from "./dynamodb/service-error.ts";

/** Elements by their names; a list repeats its element. */
export interface Elements {
  readonly [name: string]: string | Elements | readonly (string | Elements)[];
}

export const xmlAnswer = (
  status: number,
  root: string,
  content: Elements,
  { namespace, headers = {} }: { readonly namespace: string; readonly headers?: Readonly<Record<string, string>> },
): PlainAnswer => ({
  status,
  headers: { "content-type": "text/xml", "x-amzn-requestid": randomUUID(), ...headers },
  body: Buffer.from(`<?xml version="1.0"?>\n${nodeOf(root, content).addAttribute("xmlns", namespace)}`),
});

/** A refusal as the XML services word it. */
export const xmlFailure = ({ status, code, message }: ServiceError, namespace: string): PlainAnswer =>
  xmlAnswer(
    status,
    "ErrorResponse",
    { Error: { Type: "Sender", Code: code, Message: message }, RequestId: randomUUID() },
    { namespace },
  );

/** The content of a document's root element. @throws ServiceError `MalformedInput` */
export function parseXml(body: Buffer, root: string): Record<string, unknown> {
  const content = parsed(body)?.[root];
  if (typeof content === "object" && content !== null) return content as Record<string, unknown>;
  throw new ServiceError("MalformedInput", `Expected an XML document with a ${root} element.`);
}

function parsed(body: Buffer): Record<string, unknown> | undefined {
  try {
    return parseXML(body.toString()) as Record<string, unknown>;
  } catch {
    // Whatever the parser holds against it, the document is the caller's.
    return undefined;
  }
}

function nodeOf(name: string, content: string | Elements): XmlNode {
  if (typeof content === "string") return XmlNode.of(name, content);
  const children = Object.entries(content).flatMap(([child, value]) =>
    [value].flat().map((each) => nodeOf(child, each as string | Elements)),
  );
  return new XmlNode(name, children);
}
