/**
 * Pulumi's entry: index.ts behind a look at Node. Pulumi starts whichever `node` comes first on the
 * PATH, and one that cannot strip types would stop at index.ts with a message that helps nobody.
 */
if (!process.features.typescript)
  throw new Error(
    `NODE_TOO_OLD: Expected Node 24 to run this program, received ${process.versions.node}. ` +
      "Run Pulumi by `npm run pulumi -- up`: npm puts the project's own Node 24 first on the PATH.",
  );

export default (await import("./index.ts")).default;
