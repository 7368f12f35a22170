import * as pulumi from "@pulumi/pulumi";
import { linkRunbooks } from "./components/alarms.ts";
import { ApiHosts } from "./components/api-hosts.ts";
import { Catalog } from "./components/catalog.ts";
import { Cdn } from "./components/cdn.ts";
import { Domain } from "./components/domain.ts";
import { takeInventory } from "./components/inventory.ts";
import { Region } from "./components/region.ts";
import { Site } from "./components/site.ts";
import { WebAcl } from "./components/web-acl.ts";
import { readSettings } from "./settings.ts";

/** The whole system. `pulumi up` gives it to AWS, `npm start` to this machine. `dist` is what build.ts made. */
export default async function darkroom(dist = "dist") {
  const settings = readSettings();
  const { protect, origins } = settings;
  const inventory = takeInventory();
  if (settings.alarms?.runbooks !== undefined) linkRunbooks(settings.alarms.runbooks);
  const catalog = new Catalog("catalog", { protect, regions: settings.regions });
  const domain = settings.domain && new Domain("domain", settings.domain);
  const webAclArn = new WebAcl("firewall").arn;

  // The page uploads to the buckets, whose rules name the page: its address comes later.
  const [siteUrl, setSiteUrl] = pulumi.deferredOutput<string>();
  // In the same way the buckets' policies name the distribution, and the distribution the buckets.
  const [readBy, setReader] = pulumi.deferredOutput<string>();
  const standing = { settings, dist, catalog, siteUrl, readBy, domain };
  const home = new Region(settings.region, standing);
  const others = settings.regions.slice(1).map((name) => new Region(name, { ...standing, home }));
  const regions = [home, ...others];

  const cdn = new Cdn("cdn", {
    origin: home.published,
    // CloudFront takes one more, and no third.
    fallback: others[0]?.published,
    url: settings.publishedUrl,
    host: domain?.images,
    webAclArn,
    origins,
  });
  setReader(cdn.distributionArn);
  const hosts = domain && others.length > 0 ? new ApiHosts("api", { settings, domain, regions }) : undefined;
  const site = new Site("site", {
    files: home.bundles.page,
    door: home.door,
    api: hosts?.name,
    imagesUrl: cdn.url,
    uploads: regions.map(({ incoming }) => incoming),
    url: settings.siteUrl,
    host: domain?.site,
    webAclArn,
  });
  setSiteUrl(site.url);

  const [api] = regions.map((region) => region.run({ regions, cdn, siteUrl: site.url }));
  for (const region of regions) region.oversee(inventory);

  return {
    siteUrl: site.url,
    publishedUrl: cdn.url,
    apiUrl: api?.url,
    catalogTable: catalog.name,
    incomingBucket: home.incoming.name,
    workingBucket: home.working.name,
    publishedBucket: home.published.name,
    quarantineBucket: home.quarantine.name,
    archiveBucket: home.archived.name,
    deadLettersBucket: home.deadLetters.name,
  };
}
