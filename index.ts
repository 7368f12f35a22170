import * as pulumi from "@pulumi/pulumi";
import { Alarms } from "./components/alarms.ts";
import { Api } from "./components/api.ts";
import { Bucket } from "./components/bucket.ts";
import { Bundles } from "./components/bundles.ts";
import { Catalog } from "./components/catalog.ts";
import { Cdn } from "./components/cdn.ts";
import { Pipeline } from "./components/pipeline.ts";
import { Secret } from "./components/secret.ts";
import { SourcePull } from "./components/source-pull.ts";
import { readSettings } from "./settings.ts";

/** The whole system. `pulumi up` gives it to AWS, `npm start` to this machine. `dist` is what build.ts made. */
export default async function darkroom(dist = "dist") {
  const settings = readSettings();
  const { protect, retention, origins } = settings;
  const bundles = new Bundles("bundles", { dist });
  const alarmTopicArn = settings.alarms && new Alarms("alarms", settings.alarms).topicArn;

  const tinifyKey =
    settings.tinifyKey &&
    new Secret("tinify-key", { value: settings.tinifyKey, description: "API key of tinify", protect });
  const moderatorToken =
    settings.moderatorToken &&
    new Secret("moderator-token", { value: settings.moderatorToken, description: "Token of the moderator", protect });

  const catalog = new Catalog("catalog", { protect });
  const incoming = new Bucket("incoming", {
    protect,
    notify: true,
    uploadOrigins: origins,
    expire: [{ days: retention.incomingDays }],
  });
  const working = new Bucket("working", {
    protect,
    expire: ["resized/", "compressed/"].map((prefix) => ({ prefix, days: retention.workingDays })),
  });
  const quarantine = new Bucket("quarantine", { protect, expire: [{ days: retention.quarantineDays }] });
  const deadLetters = new Bucket("dead-letters", { protect, expire: [{ days: retention.deadLettersDays }] });

  // The bucket's policy names the distribution, and the distribution the bucket: the name comes later.
  const [readBy, setReader] = pulumi.deferredOutput<string>();
  const published = new Bucket("published", { protect, versioned: true, readBy });
  const cdn = new Cdn("cdn", { origin: published, url: settings.publishedUrl, origins });
  setReader(cdn.distributionArn);

  const shared = { settings, bundles, catalog, incoming, alarmTopicArn };
  new Pipeline("pipeline", {
    ...shared,
    working,
    quarantine,
    published,
    deadLetters,
    publishedUrl: cdn.url,
    tinifyKey,
    moderatorToken,
  });
  for (const source of settings.sources) new SourcePull(`pull-${source.name}`, { ...shared, source, deadLetters });
  const api = new Api("front", shared);

  return {
    publishedUrl: cdn.url,
    apiUrl: api.url,
    catalogTable: catalog.name,
    incomingBucket: incoming.name,
    workingBucket: working.name,
    publishedBucket: published.name,
    quarantineBucket: quarantine.name,
    deadLettersBucket: deadLetters.name,
  };
}
