import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { GlueTable } from "../handlers/export/glue.ts";
import { fromRoot, type PageFile, pageFiles } from "./page-files.ts";

export interface BundlesArgs {
  /** Folder that build.ts fills, seen from the project's root. */
  dist: string;
}

/** Ends the program with its message alone; Pulumi prints no stack for it. */
export class BundlesError extends pulumi.RunError {
  override readonly name = "BundlesError";
  readonly code = "BUNDLES_MISSING";
}

/** What build.ts made: the functions' code, the layer with sharp that some of them share, the page, and the export's tables. */
export class Bundles extends pulumi.ComponentResource {
  readonly page: readonly PageFile[];
  readonly sharpLayerArn: pulumi.Output<string>;
  readonly #dist: string;

  constructor(name: string, { dist }: BundlesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Bundles", name, {}, opts);
    this.#dist = dist;
    const layer = join(dist, "layers/sharp");
    // Without an engine nothing is deployed: the laptop's functions load the machine's own sharp.
    expectFile(pulumi.runtime.hasEngine() ? join(layer, "nodejs/node_modules/sharp/package.json") : layer);
    const page = join(dist, "web");
    expectFile(join(page, "index.html"));
    this.page = pageFiles(page);
    const { arn } = new aws.lambda.LayerVersion(
      `${name}-sharp`,
      {
        layerName: `${pulumi.getProject()}-${pulumi.getStack()}-sharp`,
        description: "sharp and libvips for Linux on arm64",
        code: new pulumi.asset.FileArchive(layer),
        compatibleArchitectures: ["arm64"],
        compatibleRuntimes: [aws.lambda.Runtime.NodeJS24dX],
      },
      { parent: this },
    );
    this.sharpLayerArn = arn;
    this.registerOutputs({ sharpLayerArn: this.sharpLayerArn });
  }

  /** Code of one function. Its hash follows the folder's contents, not their dates. */
  of(actor: string): pulumi.asset.Archive {
    const folder = join(this.#dist, actor);
    expectFile(join(folder, "index.mjs"));
    return new pulumi.asset.FileArchive(folder);
  }

  /** The tables that the export writes. */
  tables(): readonly GlueTable[] {
    const file = join(this.#dist, "tables/glue.json");
    expectFile(file);
    return JSON.parse(readFileSync(fromRoot(file), "utf8")) as GlueTable[];
  }
}

function expectFile(path: string): void {
  if (!existsSync(fromRoot(path)))
    throw new BundlesError(`BUNDLES_MISSING: Expected ${path}, which is not there. Run: npm run build`);
}
