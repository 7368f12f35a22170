import { describe, expect, it } from "vitest";
import { pictures, renditions } from "../../handlers/export/columns.ts";
import { tdsOf } from "../../handlers/export/tableau.ts";
import { complaints, schemaFile } from "../tableau-schema.ts";

const where = schemaFile === undefined ? " (TABLEAU_SCHEMA names no twb_2026.2.0.xsd)" : "";
const target = { region: "eu-west-1", database: "darkroom_prod", workgroup: "darkroom-prod" };
const tds = tdsOf(pictures, target);

describe.skipIf(schemaFile === undefined)(`Tableau's published schema${where}`, () => {
  it("has nothing to say against the data sources", () => {
    expect(complaints(tds, schemaFile!)).toEqual([]);
    expect(complaints(tdsOf(renditions, target), schemaFile!)).toEqual([]);
  });

  it.each([
    ["a part that it does not know", tds.replace("<aliases ", "<nicknames ")],
    ["parts in another order", tds.replace(/(<aliases [^>]*>)([\s\S]*)(<\/datasource>)/, "$2$1$3")],
    ["a role that no field has", tds.replace('role="measure"', 'role="extra"')],
    ["a kind of data that there is not", tds.replace('datatype="datetime"', 'datatype="moment"')],
  ])("would say so of %s", (_, changed) => {
    expect(changed).not.toBe(tds);
    expect(complaints(changed, schemaFile!)).not.toEqual([]);
  });
});
