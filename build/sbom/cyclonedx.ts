import { createHash } from "node:crypto";
import { Contrib, Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import { PackageURL } from "packageurl-js";
import parseExpression from "spdx-expression-parse";
import type { Package } from "./packages.ts";
import type { Part } from "./parts.ts";

export const specVersion = Spec.Version.v1dot6;

/**
 * A part's bill of materials, as CycloneDX JSON. It carries neither a date nor a number of its own: the same part
 * has the same one, to the byte.
 */
export function cyclonedxOf({ name, files, packages }: Part, version: string): string {
  const bom = new Models.Bom();
  const part = new Models.Component(Enums.ComponentType.Application, `darkroom-${name}`, { version, bomRef: name });
  for (const [file, contents] of [...files].sort(([one], [other]) => (one < other ? -1 : 1)))
    part.components.add(fileOf(name, file, contents));
  bom.metadata.component = part;
  for (const one of packages) {
    const component = componentOf(one);
    bom.components.add(component);
    part.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

const licences = new Contrib.License.Factories.LicenseFactory(parseExpression);

function componentOf({ kind, name, version, licence, sha512 }: Package): InstanceType<typeof Models.Component> {
  const [group, own] = name.startsWith("@") ? (name.split("/") as [string, string]) : [undefined, name];
  const purl = new PackageURL(kind === "npm" ? "npm" : "generic", group, own, version).toString();
  return new Models.Component(Enums.ComponentType.Library, own, {
    ...(group !== undefined && { group }),
    version,
    purl,
    bomRef: purl,
    licenses: new Models.LicenseRepository([licences.makeFromString(licence)]),
    ...(sha512 !== undefined && { hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-512"], sha512]]) }),
  });
}

function fileOf(part: string, name: string, contents: Uint8Array): InstanceType<typeof Models.Component> {
  const sha256 = createHash("sha256").update(contents).digest("hex");
  return new Models.Component(Enums.ComponentType.File, name, {
    bomRef: `${part}/${name}`,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], sha256]]),
  });
}
