import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import amphtml, { type ValidationError } from "amphtml-validator";

const sha256 = "f1f4629ab36f555f5a9937a5cf00f0ef780bf025883c035d06389b151c896f26";

/** What the AMP project's own rules say against a page with this body; nothing when it is valid. */
export async function ampValidator(): Promise<(body: string) => readonly ValidationError[]> {
  const script = gunzipSync(await readFile(new URL("validator_wasm.js.gz", import.meta.url)));
  const seen = createHash("sha256").update(script).digest("hex");
  if (seen !== sha256)
    throw new Error(`expected the validator with SHA-256 ${sha256}, but ${seen} came. See tests/amp/README.md.`);
  const validator = amphtml.newInstance(script.toString());
  await validator.init();
  return (body) => {
    const { status, errors } = validator.validateString(page(body));
    const against = errors.filter(({ severity }) => severity === "ERROR");
    if ((status === "PASS") !== (against.length === 0))
      throw new Error(`expected errors to go with FAIL alone, but ${against.length} came with ${status}.`);
    return against;
  };
}

const start = ["-webkit-", "-moz-", "-ms-", ""];
/** The head that AMP prescribes to the letter. */
const boilerplate = [
  `<style amp-boilerplate>body{${start.map((prefix) => `${prefix}animation:-amp-start 8s steps(1,end) 0s 1 normal both`).join(";")}}`,
  ...["-webkit-", "-moz-", "-ms-", "-o-", ""].map(
    (prefix) => `@${prefix}keyframes -amp-start{from{visibility:hidden}to{visibility:visible}}`,
  ),
  `</style><noscript><style amp-boilerplate>body{${start.map((prefix) => `${prefix}animation:none`).join(";")}}</style></noscript>`,
].join("");

const page = (body: string) => `<!doctype html>
<html amp lang="en">
<head>
<meta charset="utf-8">
<script async src="https://cdn.ampproject.org/v0.js"></script>
<title>A picture</title>
<link rel="canonical" href="https://pictures.example.com/">
<meta name="viewport" content="width=device-width">
${boilerplate}
</head>
<body>
${body}
</body>
</html>`;
