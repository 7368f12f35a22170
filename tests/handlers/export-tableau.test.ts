import { describe, expect, it } from "vitest";
import { pictures, renditions } from "../../handlers/export/columns.ts";
import { athenaProperties, tdsOf } from "../../handlers/export/tableau.ts";

const target = { region: "eu-west-1", database: "darkroom_prod", workgroup: "darkroom-prod" };
const allIn = (tds: string, pattern: RegExp) => [...tds.matchAll(pattern)].map(([, found]) => found!);

describe.each([pictures, renditions])("the Tableau data source of $name", (table) => {
  const tds = tdsOf<never>(table as never, target);
  const fields = allIn(tds, /<column name="\[(\w+)\]"/g);

  it("connects to the Region's Athena and to the stack's table, without credentials", () => {
    expect(tds).toContain('server="athena.eu-west-1.amazonaws.com"');
    expect(tds).toContain('dbname="AwsDataCatalog" port="443" schema="darkroom_prod"');
    expect(tds).toContain(`table="[darkroom_prod].[${table.name}]"`);
    expect(allIn(tds, /(?:username|password)="([^"]*)"/g)).toEqual([""]);
  });

  it("maps and describes every column of the table, and its partition", () => {
    const names = ["day", ...table.columns.map(({ name }) => name)];
    expect(allIn(tds, /<map key="\[(\w+)\]"/g)).toEqual(names);
    expect(fields.slice(0, names.length)).toEqual(names);
    expect(new Set(fields).size).toBe(fields.length);
  });

  it("puts every field into one folder", () => {
    expect(allIn(tds, /<folder-item name="\[(\w+)\]"/g).sort()).toEqual([...fields].sort());
  });

  it("calculates with fields that there are", () => {
    const formulas = allIn(tds, /formula="([^"]+)"/g);
    expect(formulas.length).toBeGreaterThan(1);
    for (const formula of formulas)
      for (const field of allIn(formula, /\[(\w+)\]/g)) expect(table.columns.map(({ name }) => name)).toContain(field);
  });

  it("names nothing twice for a person", () => {
    const captions = allIn(tds, /<column [^>]*caption="([^"]+)"/g);
    expect(new Set(captions).size).toBe(captions.length);
  });

  it("has its parts in the order of Tableau's schema, and nothing between them", () => {
    const parts = allIn(tds, /^ {2}<([a-z-]+)[ >/]/gm);
    expect([...new Set(parts)]).toEqual(["connection", "aliases", "column", "folders-common"]);
    expect(tds).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?>\n<datasource /);
  });
});

it("reaches Athena in China under its own name", () => {
  expect(tdsOf(pictures, { ...target, region: "cn-north-1" })).toContain('server="athena.cn-north-1.amazonaws.com.cn"');
});

it("tells the driver its workgroup", () => {
  expect(athenaProperties(target)).toBe("Workgroup=darkroom-prod\n");
});
