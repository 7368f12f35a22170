import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Alarms } from "./alarms.ts";
import { Announcements } from "./announcements.ts";
import { Api } from "./api.ts";
import { Archive, movedTo } from "./archive.ts";
import { Bucket } from "./bucket.ts";
import { Bundles } from "./bundles.ts";
import type { Catalog, Replica } from "./catalog.ts";
import type { Cdn } from "./cdn.ts";
import { CustomActor } from "./custom-actor.ts";
import { Digest } from "./digest.ts";
import { Discover } from "./discover.ts";
import type { Domain } from "./domain.ts";
import { Door } from "./door.ts";
import { Export } from "./export.ts";
import { type Inventory, regionType, standingIn } from "./inventory.ts";
import { Mail } from "./mail.ts";
import { Network } from "./network.ts";
import { Overview } from "./overview.ts";
import { Pipeline } from "./pipeline.ts";
import { replicate, watchReplicas } from "./replication.ts";
import { Secret } from "./secret.ts";
import { SourcePull } from "./source-pull.ts";
import { zonesOf } from "./subnets.ts";

export interface RegionArgs {
  settings: Settings;
  /** Folder that build.ts fills, seen from the project's root. */
  dist: string;
  catalog: Catalog;
  /** Address of the page, which uploads from a browser. */
  siteUrl: pulumi.Input<string>;
  /** Distribution that shows the published pictures. */
  readBy: pulumi.Input<string>;
  /** Absent where the stack has none. */
  domain?: Domain;
  /** The Region in which the stack is at home. @default this one */
  home?: Region;
}

export interface RunArgs {
  /** All of the stack, this one among them. */
  regions: readonly Region[];
  /** Shows the published pictures of them all. */
  cdn: Cdn;
  /** Address of the page, without a slash at the end. */
  siteUrl: pulumi.Input<string>;
}

/**
 * All that stands in each Region. Its type carries the Region's name, so that what it holds is called the
 * same in every one of them and is still another thing: one more Region changes nothing of those before.
 */
export class Region extends pulumi.ComponentResource {
  readonly region: string;
  readonly incoming: Bucket;
  readonly working: Bucket;
  readonly quarantine: Bucket;
  readonly published: Bucket;
  readonly archived: Bucket;
  readonly deadLetters: Bucket;
  readonly bundles: Bundles;
  readonly door: Door;
  /** Absent when no alarms are wanted. */
  readonly alarmTopicArn?: pulumi.Output<string>;
  readonly catalog: Replica;
  readonly #settings: Settings;
  readonly #isHome: boolean;
  readonly #child: pulumi.ComponentResourceOptions;
  readonly #secrets: { readonly tinifyKey?: Secret; readonly moderatorToken?: Secret };
  readonly #mail?: Mail;

  constructor(name: string, args: RegionArgs) {
    super(regionType(name), name, {}, args.home && { providers: [providerOf(name)] });
    const isHome = args.home === undefined;
    // Before there were Regions, all this stood in the stack itself.
    const child = { parent: this, ...(isHome && { aliases: [{ parent: pulumi.rootStackResource }] }) };
    const settings = { ...args.settings, region: name };
    const { protect, retention, origins } = settings;
    this.region = name;
    this.catalog = args.catalog.at(name);
    this.#settings = settings;
    this.#isHome = isHome;
    this.#child = child;
    this.bundles = new Bundles("bundles", { dist: args.dist }, child);
    if (settings.alarms) this.alarmTopicArn = new Alarms("alarms", settings.alarms, child).topicArn;

    const tinifyKey =
      settings.tinifyKey &&
      new Secret("tinify-key", { value: settings.tinifyKey, description: "API key of tinify", protect }, child);
    const moderatorToken =
      settings.moderatorToken &&
      new Secret(
        "moderator-token",
        { value: settings.moderatorToken, description: "Token of the moderator", protect },
        child,
      );
    this.#secrets = { tinifyKey, moderatorToken };

    // What is to survive a Region is kept in versions: S3 replicates nothing else.
    const replicated = settings.regions.length > 1;
    this.incoming = new Bucket(
      "incoming",
      {
        protect,
        notify: true,
        uploadOrigins: [args.siteUrl, ...origins],
        expire: [{ days: retention.incomingDays }],
      },
      child,
    );
    this.working = new Bucket(
      "working",
      {
        protect,
        expire: [
          ...["resized/", "compressed/"].map((prefix) => ({ prefix, days: retention.workingDays })),
          { prefix: "previews/", days: retention.previewsDays },
        ],
        // Nobody looks for what was deleted here.
        ...(replicated && { versioned: true, oldVersionsDays: 1 }),
      },
      child,
    );
    this.quarantine = new Bucket("quarantine", { protect, expire: [{ days: retention.quarantineDays }] }, child);
    this.archived = new Bucket("archived", { protect, versioned: true, notify: true, cold: movedTo(settings) }, child);
    this.deadLetters = new Bucket("dead-letters", { protect, expire: [{ days: retention.deadLettersDays }] }, child);
    this.published = new Bucket("published", { protect, versioned: true, readBy: args.readBy }, child);
    this.door = new Door(
      "door",
      // The distribution says the same text to whichever Region it is led to.
      {
        protect,
        logRetentionDays: retention.logsDays,
        concurrency: settings.concurrency.api,
        secret: args.home?.door.secret.value,
      },
      child,
    );
    this.#mail = settings.mail && new Mail("mail", { from: settings.mail.from, domain: args.domain }, child);
    this.registerOutputs();
  }

  /** Has the pipeline run, once there is something to show what it makes. What there is once runs at home. */
  async run({ regions, cdn, siteUrl }: RunArgs): Promise<Api> {
    const [settings, child, mail] = [this.#settings, this.#child, this.#mail];
    const { bundles, catalog, incoming, working, quarantine, published, archived, deadLetters, door } = this;
    const { alarmTopicArn } = this;
    const elsewhere = regions.filter((other) => other !== this);
    // Zones that are named are those of the home.
    const wanted = settings.network?.zones ?? [];
    const zones = await zonesOf(typeof wanted === "number" || this.#isHome ? wanted : wanted.length, child);
    const network = settings.network && new Network("network", { settings, network: settings.network, zones }, child);
    const announcements =
      settings.chaining === "sns"
        ? new Announcements("announcements", { settings, bundles, catalog, deadLetters, network, alarmTopicArn }, child)
        : undefined;
    const shared = { settings, bundles, catalog, incoming, network, announcements, alarmTopicArn };
    const buckets = { working, quarantine, published, archived, deadLetters };
    const { intake } = new Pipeline("pipeline", { ...shared, ...buckets, ...this.#secrets, elsewhere, cdn }, child);
    const { thawed } = new Archive("archiving", { ...shared, ...buckets }, child);
    const ownActors = settings.actors.map(
      (own) => new CustomActor(`custom-${own.name}`, { ...shared, ...buckets, own }, child),
    );
    if (elsewhere.length > 0) replicate(this, elsewhere, child);
    if (alarmTopicArn !== undefined) watchReplicas(catalog, elsewhere, alarmTopicArn, child);
    const front = { ...shared, deadLetters, door, siteUrl };
    const once = this.#isHome ? settings : undefined;
    const pulls = (once?.sources ?? []).map(
      (source) => new SourcePull(`pull-${source.name}`, { ...front, source, published }, child),
    );
    for (const repository of once?.repositories ?? [])
      new Discover(`discover-${repository.name}`, { ...front, repository, working, cdn }, child);
    announcements?.begin();
    const digest = once?.digest && mail && new Digest("digest", { ...front, digest: once.digest, mail }, child);
    const exports = once?.export && new Export("export", { ...shared, export: once.export, deadLetters }, child);
    return new Api(
      "front",
      { ...front, working, elsewhere, intake, thawed, pulls, ownActors, mail, digest, exports },
      child,
    );
  }

  /** Shows what stands here, and at home what there is once. Made last. */
  oversee(inventory: Inventory): void {
    const [settings, { alarmTopicArn }] = [this.#settings, this];
    const seen = standingIn(inventory, this.region, this.#isHome);
    new Overview("overview", { settings, inventory: seen, alarmTopicArn }, this.#child);
  }
}

/** Another Region of the same account; a provider of one's own sees nothing of the stack's config for AWS. */
export function providerOf(region: string): aws.Provider {
  const { profile, assumeRoles, allowedAccountIds, forbiddenAccountIds, defaultTags } = aws.config;
  const account = { profile, assumeRoles, allowedAccountIds, forbiddenAccountIds, defaultTags };
  return new aws.Provider(region, { region: region as aws.Region, ...account });
}
