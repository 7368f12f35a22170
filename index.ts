import * as pulumi from "@pulumi/pulumi";
import { Alarms } from "./components/alarms.ts";
import { Api } from "./components/api.ts";
import { Archive } from "./components/archive.ts";
import { Bucket } from "./components/bucket.ts";
import { Bundles } from "./components/bundles.ts";
import { Catalog } from "./components/catalog.ts";
import { Cdn } from "./components/cdn.ts";
import { Digest } from "./components/digest.ts";
import { Discover } from "./components/discover.ts";
import { Domain } from "./components/domain.ts";
import { Door } from "./components/door.ts";
import { Export } from "./components/export.ts";
import { takeInventory } from "./components/inventory.ts";
import { Mail } from "./components/mail.ts";
import { Overview } from "./components/overview.ts";
import { Pipeline } from "./components/pipeline.ts";
import { Secret } from "./components/secret.ts";
import { Site } from "./components/site.ts";
import { SourcePull } from "./components/source-pull.ts";
import { WebAcl } from "./components/web-acl.ts";
import { readSettings } from "./settings.ts";

/** The whole system. `pulumi up` gives it to AWS, `npm start` to this machine. `dist` is what build.ts made. */
export default async function darkroom(dist = "dist") {
  const settings = readSettings();
  const { protect, retention, origins } = settings;
  const inventory = takeInventory();
  const bundles = new Bundles("bundles", { dist });
  const alarmTopicArn = settings.alarms && new Alarms("alarms", settings.alarms).topicArn;

  const tinifyKey =
    settings.tinifyKey &&
    new Secret("tinify-key", { value: settings.tinifyKey, description: "API key of tinify", protect });
  const moderatorToken =
    settings.moderatorToken &&
    new Secret("moderator-token", { value: settings.moderatorToken, description: "Token of the moderator", protect });

  const catalog = new Catalog("catalog", { protect });
  // The page uploads to the bucket, whose rules name the page: its address comes later.
  const [siteUrl, setSiteUrl] = pulumi.deferredOutput<string>();
  const incoming = new Bucket("incoming", {
    protect,
    notify: true,
    uploadOrigins: [siteUrl, ...origins],
    expire: [{ days: retention.incomingDays }],
  });
  const working = new Bucket("working", {
    protect,
    expire: [
      ...["resized/", "compressed/"].map((prefix) => ({ prefix, days: retention.workingDays })),
      { prefix: "previews/", days: retention.previewsDays },
    ],
  });
  const quarantine = new Bucket("quarantine", { protect, expire: [{ days: retention.quarantineDays }] });
  const archived = new Bucket("archived", { protect, versioned: true, notify: true });
  const deadLetters = new Bucket("dead-letters", { protect, expire: [{ days: retention.deadLettersDays }] });

  const domain = settings.domain && new Domain("domain", settings.domain);
  const webAclArn = new WebAcl("firewall").arn;
  // In the same way the bucket's policy names the distribution, and the distribution the bucket.
  const [readBy, setReader] = pulumi.deferredOutput<string>();
  const published = new Bucket("published", { protect, versioned: true, readBy });
  const cdn = new Cdn("cdn", {
    origin: published,
    url: settings.publishedUrl,
    host: domain?.images,
    webAclArn,
    origins,
  });
  setReader(cdn.distributionArn);
  const door = new Door("door", { protect, logRetentionDays: retention.logsDays });
  const site = new Site("site", {
    files: bundles.page,
    door,
    imagesUrl: cdn.url,
    uploads: incoming,
    url: settings.siteUrl,
    host: domain?.site,
    webAclArn,
  });
  setSiteUrl(site.url);
  const mail = settings.mail && new Mail("mail", { from: settings.mail.from, domain });

  const shared = { settings, bundles, catalog, incoming, alarmTopicArn };
  const buckets = { working, quarantine, published, archived, deadLetters };
  const { intake } = new Pipeline("pipeline", { ...shared, ...buckets, cdn, tinifyKey, moderatorToken });
  const { thawed } = new Archive("archiving", { ...shared, ...buckets });
  const front = { ...shared, deadLetters, door, siteUrl: site.url };
  const pulls = settings.sources.map(
    (source) => new SourcePull(`pull-${source.name}`, { ...front, source, published }),
  );
  for (const repository of settings.repositories)
    new Discover(`discover-${repository.name}`, { ...front, repository, working, cdn });
  const digest = settings.digest && mail && new Digest("digest", { ...front, digest: settings.digest, mail });
  const exports = settings.export && new Export("export", { ...shared, export: settings.export, deadLetters });
  const api = new Api("front", { ...front, working, intake, thawed, pulls, mail, digest, exports });
  new Overview("overview", { settings, inventory, alarmTopicArn });

  return {
    siteUrl: site.url,
    publishedUrl: cdn.url,
    apiUrl: api.url,
    catalogTable: catalog.name,
    incomingBucket: incoming.name,
    workingBucket: working.name,
    publishedBucket: published.name,
    quarantineBucket: quarantine.name,
    archiveBucket: archived.name,
    deadLettersBucket: deadLetters.name,
  };
}
