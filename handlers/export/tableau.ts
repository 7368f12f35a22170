import { html } from "hono/html";
import type { Column, Table } from "./columns.ts";
import { partition, types } from "./types.ts";

export interface AthenaTarget {
  /** AWS Region of the workgroup and of the Glue database. */
  readonly region: string;
  /** Glue database. */
  readonly database: string;
  /** Of Athena; it says itself where answers are kept. */
  readonly workgroup: string;
}

/**
 * A table as a Tableau data source (`.tds`): Tableau opens it by its Athena connector and asks for
 * credentials, of which the file has none. Written with hono's template, whose escapes are XML's too.
 *
 * Element order and names follow Tableau's published schema (DataSource-CT of twb_2026.2.0.xsd),
 * which leaves what is inside `connection` open: that the Athena connector takes these attributes is
 * known from other people's files; no Tableau has opened this one yet.
 */
export function tdsOf<Row>({ name, caption, columns }: Table<Row>, { region, database }: AthenaTarget): string {
  const server = `athena.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  const connection = `athena.darkroom-${name}`;
  const fields: readonly Pick<Calculation, "name" | "folder">[] = [
    { ...partition, folder: "Journey" },
    ...columns,
    ...calculations[name],
  ];
  const folders = [...new Set(fields.map(({ folder }) => folder))];
  return String(html`<?xml version="1.0" encoding="utf-8"?>
<datasource formatted-name="federated.darkroom-${name}" caption="${caption}" inline="true" version="18.1">
  <connection class="federated">
    <named-connections>
      <named-connection caption="${server}" name="${connection}">
        <connection class="athena" dbname="AwsDataCatalog" port="443" schema="${database}" server="${server}" username=""/>
      </named-connection>
    </named-connections>
    <relation connection="${connection}" name="${name}" table="[${database}].[${name}]" type="table"/>
    <cols>
      ${[partition, ...columns].map((column) => html`<map key="[${column.name}]" value="[${name}].[${column.name}]"/>\n      `)}
    </cols>
  </connection>
  <aliases enabled="yes"/>
  ${dayColumn}${columns.map(columnOf)}${calculations[name].map(calculationOf)}<folders-common>
    ${folders.map(
      (folder) => html`<folder name="${folder}">
      ${fields.filter((field) => field.folder === folder).map((field) => html`<folder-item name="[${field.name}]" type="field"/>\n      `)}
    </folder>
    `,
    )}
  </folders-common>
</datasource>
`).replace(/\n\s*\n/g, "\n");
}

/** Properties for the Athena driver, to lie beside the data source as `athena.properties`: the connection has no field for a workgroup. */
export const athenaProperties = ({ workgroup }: Pick<AthenaTarget, "workgroup">): string => `Workgroup=${workgroup}\n`;

interface Calculation {
  readonly name: string;
  readonly caption: string;
  readonly folder: Column<never>["folder"];
  readonly formula: string;
  readonly format: keyof typeof formats;
}

/** Of sums, so that they hold for whatever they are grouped by. */
const saved: Calculation = {
  name: "saved",
  caption: "Saved",
  folder: "Bytes",
  formula: "1 - SUM([bytes_after]) / SUM([bytes_before])",
  format: "share",
};

const calculations: Readonly<Record<Table<never>["name"], readonly Calculation[]>> = {
  pictures: [
    saved,
    {
      name: "published_share",
      caption: "Published share",
      folder: "Journey",
      formula: 'SUM(IIF([status] = "published", 1, 0)) / COUNT([picture_id])',
      format: "share",
    },
    {
      name: "rejected_share",
      caption: "Rejected share",
      folder: "Journey",
      formula: 'SUM(IIF([status] = "rejected", 1, 0)) / COUNT([picture_id])',
      format: "share",
    },
    {
      name: "steps_ms",
      caption: "All steps ms",
      folder: "Steps",
      formula: "AVG([ingest_ms] + [moderate_ms] + [resize_ms] + [compress_ms] + [publish_ms])",
      format: "integer",
    },
  ],
  renditions: [
    saved,
    {
      name: "bytes_each",
      caption: "Bytes each",
      folder: "Bytes",
      formula: "SUM([bytes_after]) / COUNT([picture_id])",
      format: "integer",
    },
  ],
};

const formats = {
  integer: "n#,##0;-#,##0",
  real: "n#,##0.0;-#,##0.0",
  share: "p0.0%",
  moment: "*yyyy-mm-dd hh:nn:ss",
} as const;

const aggregations = { sum: "Sum", average: "Avg" } as const;

function columnOf({ name, caption, type, measure, comment }: Column<never>) {
  const format = type === "integer" || type === "real" || type === "moment" ? formats[type] : undefined;
  const kind = measure ? "quantitative" : type === "moment" ? "ordinal" : "nominal";
  return html`<column name="[${name}]" caption="${caption}" datatype="${types[type].tableau}" role="${measure ? "measure" : "dimension"}" type="${kind}"${measure ? html` aggregation="${aggregations[measure]}"` : ""}${format ? html` default-format="${format}"` : ""}>
    <desc><formatted-text><run>${comment}</run></formatted-text></desc>
  </column>
  `;
}

const dayColumn = html`<column name="[${partition.name}]" caption="${partition.caption}" datatype="${partition.tableau}" role="dimension" type="ordinal">
    <desc><formatted-text><run>${partition.comment}</run></formatted-text></desc>
  </column>
  `;

const calculationOf = ({ name, caption, formula, format }: Calculation) =>
  html`<column name="[${name}]" caption="${caption}" datatype="real" role="measure" type="quantitative" default-format="${formats[format]}">
    <calculation class="tableau" formula="${formula}"/>
  </column>
  `;
