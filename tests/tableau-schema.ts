import { readFileSync } from "node:fs";
import { XmlDocument, XmlValidateError, XsdValidator } from "libxml2-wasm";

/**
 * Tableau's published schema for documents, `twb_2026.2.0.xsd` of github.com/tableau/tableau-document-schemas.
 * It is not kept here: its licence could not be read where this was written. Undefined where nobody says where it is.
 */
export const schemaFile = process.env["TABLEAU_SCHEMA"];

/** What the schema says against a data source; nothing where it is valid. */
export function complaints(tds: string, file: string): readonly string[] {
  // The schema is one for workbooks, in which data sources are; what it imports is not published.
  const schema = readFileSync(file, "utf8")
    .replaceAll(/<xs:import [^>]*\/>/g, "")
    .replaceAll(/<xs:(?:attribute|attributeGroup|element|group) ref="(?:xml|user):[^>]*\/>/g, "")
    .replace("</xs:schema>", '<xs:element name="datasource" type="DataSource-CT"/></xs:schema>');
  const document = XmlDocument.fromString(schema);
  const validator = XsdValidator.fromDoc(document);
  const checked = XmlDocument.fromString(tds);
  try {
    validator.validate(checked);
    return [];
  } catch (error) {
    if (error instanceof XmlValidateError) return error.details.map(({ message }) => message.trim());
    throw error;
  } finally {
    for (const held of [checked, validator, document]) held.dispose();
  }
}
