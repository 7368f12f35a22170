import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Grant } from "../../local/permissions/grants.ts";
import type { Testimony } from "../../local/permissions/witness.ts";
import { type Exemption, exemptions } from "./exemptions.ts";

/** What the hosts of a run used of what they were granted, each grant as `owner action resource`. */
export interface Findings {
  readonly granted: readonly Grant[];
  readonly unused: readonly Grant[];
  readonly denied: readonly Grant[];
  /** Exemptions that were used after all, or that nothing is granted of: they go. */
  readonly needless: readonly Exemption[];
  /** A line for each function. */
  readonly table: string;
}

/** @param dir what `DARKROOM_TESTIMONY` named */
export function findingsIn(dir: string, allowed: readonly Exemption[] = exemptions): Findings {
  const lines = testimoniesIn(dir);
  const of = (kind: Testimony["kind"]) => unique(lines.filter((line) => line.kind === kind));
  const [granted, used, denied] = [of("granted"), of("used"), of("denied")];
  const usedNames = new Set(used.map(nameOf));
  const open = granted.filter((grant) => !usedNames.has(nameOf(grant)));
  const exempt = open.filter((grant) => allowed.some((one) => covers(one, grant)));
  const unused = open.filter((grant) => !exempt.includes(grant));
  const needless = allowed.filter((one) => {
    const covered = granted.filter((grant) => covers(one, grant));
    return covered.length === 0 || (!one.byChance && covered.some((grant) => usedNames.has(nameOf(grant))));
  });
  return { granted, unused, denied, needless, table: tableOf({ granted, used, exempt, unused, denied }) };
}

export const nameOf = ({ owner, action, resource }: Grant) => `${owner} ${action} ${resource}`;

const testimoniesIn = (dir: string) =>
  readdirSync(dir).flatMap((file) =>
    readFileSync(join(dir, file), "utf8")
      .split("\n")
      // A host that was killed may not have ended its last line.
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Testimony),
  );

const unique = (grants: readonly Grant[]): readonly Grant[] =>
  [...new Map(grants.map((grant) => [nameOf(grant), grant])).values()].toSorted((a, b) =>
    nameOf(a) < nameOf(b) ? -1 : 1,
  );

const covers = ({ owners, actions, resources }: Exemption, grant: Grant) =>
  owners.test(grant.owner) && actions.includes(grant.action) && (resources?.test(grant.resource) ?? true);

type Columns = Readonly<Record<"granted" | "used" | "exempt" | "unused" | "denied", readonly Grant[]>>;

function tableOf(columns: Columns): string {
  const names = Object.keys(columns) as (keyof Columns)[];
  const owners = [...new Set([...columns.granted, ...columns.denied].map(({ owner }) => owner))];
  const row = (title: string, cells: readonly (string | number)[]) =>
    [title.padEnd(24), ...cells.map((cell) => String(cell).padStart(8))].join("");
  return [
    row("function or role", names),
    ...owners.map((owner) =>
      row(
        owner,
        names.map((name) => columns[name].filter((grant) => grant.owner === owner).length),
      ),
    ),
    row(
      "all",
      names.map((name) => columns[name].length),
    ),
  ].join("\n");
}
