import { z } from "zod";

/**
 * What a stack may say about pictures, with the defaults that hold when it says nothing. Pure
 * data: settings.ts reads it from stack config, the command line from its flags, and the actors
 * receive it, already checked, as JSON in their environment.
 */
const width = z.int().min(16).max(8192);

export const renditionOptions = z
  .strictObject({
    /** Responsive widths in pixels; a picture is never enlarged to reach one. */
    widths: z
      .array(width)
      .min(1)
      .max(12)
      .default([320, 640, 1280, 1920])
      .transform((widths) => [...new Set(widths)].sort((a, b) => a - b)),
    /** `jpeg` stands for the picture's base format: JPEG, or PNG where the source suits it better. */
    formats: z
      .array(z.enum(["jpeg", "webp", "avif"]))
      .min(1)
      .default(["jpeg", "webp", "avif"])
      .transform((formats) => [...new Set(formats)]),
    /** The `sizes` attribute of the responsive markup. */
    sizes: z.string().max(200).default("100vw"),
  })
  .prefault({});

export const limitOptions = z
  .strictObject({
    /** Largest file taken, in bytes. */
    maxBytes: z
      .int()
      .min(1024)
      .max(500 * 1024 * 1024)
      .default(50 * 1024 * 1024),
    /** Largest canvas, width × height of one frame. */
    maxPixels: z.int().min(1).max(268_000_000).default(50_000_000),
    /** Most frames of an animation. */
    maxFrames: z.int().min(1).max(2000).default(300),
    /** Width × height × frames of an animation. */
    maxFramePixels: z.int().min(1).max(1_000_000_000).default(200_000_000),
    /** Longest time spent on decoding one picture, in seconds. */
    seconds: z.int().min(1).max(300).default(20),
  })
  .prefault({});

const screen = z.enum(["nsfwjs", "rekognition", "http"]);

export const moderationOptions = z
  .strictObject({
    /** Who looks first. */
    screen: screen.default("nsfwjs"),
    /** Who is asked about the pictures the first is unsure of (between `clearBelow` and `rejectAbove`). */
    escalate: screen.optional(),
    /** Confidence of nudity, 0–100, from which a picture is refused. */
    rejectAbove: z.number().min(0).max(100).default(80),
    /** Confidence from which a person decides. */
    reviewAbove: z.number().min(0).max(100).default(40),
    /** With `escalate`: confidence below which the first answer stands. */
    clearBelow: z.number().min(0).max(100).default(10),
    /** What happens to pictures without colour, which classifiers judge badly. */
    greyscale: z.enum(["review", "screen"]).default("review"),
    /** Address of the HTTP moderator, when one is named. */
    url: z.url({ protocol: /^https?$/ }).optional(),
  })
  .refine((m) => m.reviewAbove <= m.rejectAbove, {
    error: "reviewAbove must not be above rejectAbove",
    path: ["reviewAbove"],
  })
  .refine((m) => m.clearBelow <= m.reviewAbove, {
    error: "clearBelow must not be above reviewAbove",
    path: ["clearBelow"],
  })
  .refine((m) => m.escalate !== m.screen, {
    error: "escalate must name another moderator than screen",
    path: ["escalate"],
  })
  .refine((m) => m.url !== undefined || (m.screen !== "http" && m.escalate !== "http"), {
    error: "the http moderator needs a url",
    path: ["url"],
  })
  .prefault({});

export const compressionOptions = z
  .strictObject({
    /** `tinify` needs its API key as the secret `darkroom:tinifyKey`. */
    kind: z.enum(["sharp", "tinify"]).default("sharp"),
    preset: z.enum(["fast", "balanced", "smallest"]).default("balanced"),
    /** `target` looks for the lowest quality that is like enough, for each photograph and format: fewer bytes, more time. */
    quality: z.enum(["fixed", "target"]).default("fixed"),
  })
  .prefault({});

/** US dollars, and whole millionths of them from here on: their sums are exact. */
const dollars = z
  .number()
  .min(0)
  .max(1_000_000)
  .refine((amount) => Math.abs(amount * 1e6 - Math.round(amount * 1e6)) < 1e-3, {
    error: "expected dollars with at most six digits after the point",
  })
  .transform((amount) => Math.round(amount * 1e6));
const price = dollars.pipe(z.int().min(1, "expected more than nothing"));

/** What one call costs. Whatever is free of charge at first, or cheaper in bulk, is counted as if it were not. */
export const priceOptions = z
  .strictObject({
    /** https://tinypng.com/developers, up to 10,000 in a month. */
    tinify: price.prefault(0.009),
    /** https://aws.amazon.com/rekognition/pricing, the first million in a month. */
    rekognition: price.prefault(0.001),
    /** Without it the HTTP moderator is free. */
    http: price.optional(),
  })
  .prefault({});

/** What may be spent in a calendar month of UTC; without one there is no limit. */
export const budgetOptions = z
  .strictObject({ tinify: dollars.optional(), rekognition: dollars.optional(), http: dollars.optional() })
  .prefault({});

const address = z.email("expected an e-mail address").transform((text) => text.toLowerCase());

export const mailOptions = z.strictObject({
  /** Address that mails come from. */
  from: z.email("expected an e-mail address"),
  /** Page on which the mails can be read, where they go nowhere else: so on a laptop. */
  readAt: z.url({ protocol: /^https?$/ }).optional(),
});

export const peopleOptions = z
  .strictObject({
    /** Who may hand in pictures: addresses, `@example.com` for everybody there, `*` for everybody. */
    uploaders: z
      .array(
        z.union([z.literal("*"), z.templateLiteral(["@", z.string().regex(/^[a-z0-9.-]+\.[a-z]{2,}$/)]), address], {
          error: "expected an address, an @example.com, or *",
        }),
      )
      .default([]),
    /** Who may also decide about pictures in review, and sees how the sources stand. */
    reviewers: z.array(address).default([]),
  })
  .prefault({});

const count = z.int().min(1).max(1_000_000);

export const quotaOptions = z
  .strictObject({
    /** Codes mailed to one address in an hour. */
    codesPerAddress: count.default(5),
    /** Codes asked for, and codes tried, from one IP address in an hour. */
    codesPerIp: count.default(30),
    /** Files one person may hand in within a day. */
    filesPerPerson: count.default(5000),
  })
  .prefault({});

/** `07:00 Europe/Berlin`: a time of day by the clocks of a place. */
const timeOfDay = z.string().transform((text, context) => {
  const [, hour, minute, timeZone] = /^([01]\d|2[0-3]):([0-5]\d) (\S+)$/.exec(text) ?? [];
  if (hour !== undefined && timeZone !== undefined && isTimeZone(timeZone))
    return { hour: Number(hour), minute: Number(minute), timeZone };
  const expected = "expected a time of day and an IANA time zone, such as 07:00 Europe/Berlin";
  context.addIssue({ code: "custom", message: expected, input: text });
  return z.NEVER;
});

/** Offsets such as +01:00 are none: they know no summer time, and EventBridge Scheduler refuses them. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

export const digestOptions = z.strictObject({
  /** Who is mailed the figures of the day. */
  to: z
    .array(address)
    .min(1)
    .max(20)
    .transform((addresses) => [...new Set(addresses)]),
  /** When: every day, about the day before. */
  at: timeOfDay,
});

export const exportOptions = z.strictObject({
  /** When the catalog is exported: every day. */
  at: timeOfDay,
  /** How many days of entry are exported again each time: as long as a picture may change after it entered. */
  days: z.int().min(1).max(366).default(35),
});

export const archiveOptions = z.strictObject({
  /** Days after its publication at which a picture's original goes there. */
  afterDays: z.int().min(1).max(3650).default(30),
  /** From the cheapest, which takes half a day to read from, to the one that answers at once. */
  class: z.enum(["DEEP_ARCHIVE", "GLACIER", "GLACIER_IR"]).default("DEEP_ARCHIVE"),
});

const zone = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "expected the name of an availability zone such as eu-west-1a");

export const networkOptions = z.strictObject({
  /** Availability zones: as many of the Region's, or these. */
  zones: z
    .union([
      z.int().min(2).max(5),
      z
        .array(zone)
        .min(2)
        .max(5)
        .refine((names) => new Set(names).size === names.length, "expected each zone once"),
    ])
    .default(2),
  /** Addresses of the network. */
  cidr: z
    .string()
    .refine(isNetwork, "expected a private network of /16 to /22 by its first address, such as 10.0.0.0/16")
    .default("10.0.0.0/16"),
  /** Where functions run that call what is not AWS's: in no network of ours, or in it with NAT in each zone. */
  internet: z.enum(["outside", "nat"]).default("outside"),
});

function isNetwork(text: string): boolean {
  if (!/^(10\.\d+|172\.(1[6-9]|2\d|3[01])|192\.168)\.\d+\.\d+\/(1[6-9]|2[0-2])$/.test(text)) return false;
  const [address = "", prefix = ""] = text.split("/");
  const parts = address.split(".").map(Number);
  const number = parts.reduce((sum, part) => sum * 256 + part, 0);
  return parts.every((part) => part < 256) && number % 2 ** (32 - Number(prefix)) === 0;
}

export type RenditionOptions = z.infer<typeof renditionOptions>;
export type LimitOptions = z.infer<typeof limitOptions>;
export type ModerationOptions = z.infer<typeof moderationOptions>;
export type CompressionOptions = z.infer<typeof compressionOptions>;
export type MailOptions = z.infer<typeof mailOptions>;
export type PeopleOptions = z.infer<typeof peopleOptions>;
export type QuotaOptions = z.infer<typeof quotaOptions>;
export type DigestOptions = z.infer<typeof digestOptions>;
export type ExportOptions = z.infer<typeof exportOptions>;
export type ArchiveOptions = z.infer<typeof archiveOptions>;
export type TimeOfDay = DigestOptions["at"];
