import { z } from "zod";

/** What a stack may say about a repository whose pages' pictures are found, developed and rewritten. No credential is among it. */
const repositoryOptions = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z0-9-]{1,40}$/,
      "expected 1 to 40 of a-z, 0-9 and -; it names the schedule, the secret and the pictures' source",
    )
    .refine(
      (text) => !["upload", "bucket"].includes(text),
      "expected another name: pictures that no source brought are called so",
    ),
  /** At GitHub. */
  repo: z.string().regex(/^[A-Za-z0-9-]{1,39}\/[\w.-]{1,100}$/, "expected an owner and a name such as example/website"),
  branch: z
    .string()
    .max(200)
    .regex(/^(?![/.])(?!.*(\/\/|\.\.|\.lock$|[/.]$))[^\s~^:?*[\\\p{Cc}]+$/u, "expected the name of a branch")
    .default("main"),
  /** Pages, from the repository's root; after `!`, what is left out. Of them, HTML, templates, Markdown and CSS are read. */
  globs: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(50)
    // A function's variables have 4 KB in all.
    .refine((all) => Buffer.byteLength(JSON.stringify(all)) <= 1500, "expected at most 1,500 bytes of patterns in all")
    .default(["**", "!**/node_modules/**"]),
  /** Folder that is the root of the site. @default the repository's own */
  folder: z
    .string()
    .max(200)
    .regex(/^[^/\\]+(\/[^/\\]+)*$/, "expected a folder without slashes around it, such as public")
    .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), "expected no . or .. in the path")
    .optional(),
  /** Where the site is served: a path, or an address with a path. */
  base: z
    .string()
    .max(200)
    .regex(/^(https?:\/\/[^/?#\s]+)?\/([^?#\s]*\/)?$/, "expected a path such as /blog/, or https://example.com/")
    .default("/"),
  deliver: z.enum(["pull-request", "commit"]).default("pull-request"),
  /** `srcset` for pages whose style sheets must not see a `<picture>` around an `<img>`. */
  markup: z.enum(["picture", "srcset"]).default("picture"),
  /** Time between two looks, beside those that a push calls for. */
  every: z
    .templateLiteral([z.int(), z.enum([" minutes", " hours"])], { error: 'expected a time such as "30 minutes"' })
    .refine((text) => minutesOf(text) >= 5 && minutesOf(text) <= 24 * 60, "expected 5 minutes to 24 hours")
    .refine((text) => !text.startsWith("1 "), 'expected "60 minutes", or "2 hours" and more')
    .default("30 minutes"),
  /** GitHub Enterprise Server's, such as https://github.example.com/api/v3. @default github.com's */
  endpoint: z
    .url({ protocol: /^https?$/, error: "expected an address such as https://github.example.com/api/v3" })
    .optional(),
});

export const repositoriesOptions = z
  .array(repositoryOptions)
  .max(50)
  .refine((all) => new Set(all.map((one) => Object(one).name)).size === all.length, {
    error: "expected a name for each, but two repositories have the same",
    when: ({ value }) => Array.isArray(value),
  })
  .default([]);

export type RepositoryOptions = z.infer<typeof repositoryOptions>;

const minutesOf = (text: string) => Number.parseInt(text, 10) * (text.includes("hour") ? 60 : 1);
