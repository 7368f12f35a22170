/** A stack with sources of several kinds, for the tests of its graph. */
export const token = '{"refreshToken":"token-of-campaigns"}';
const entra = {
  tenantId: "8d3c0c0a-1111-4222-8333-444455556666",
  clientId: "0b1f9a52-7777-4888-9999-aaaabbbbcccc",
};
export const config = {
  "darkroom:sources": [
    { name: "campaigns", kind: "dropbox", path: "/Campaigns", every: "1 hour" },
    { name: "studio", kind: "s3", bucket: "studio-raw", prefix: "raw*/", writeBack: "web/" },
    { name: "partner", kind: "s3", bucket: "partner" },
    { name: "keyless", kind: "azure-blob", account: "studioraw", container: "raw", entra, writeBack: "web" },
  ],
  "darkroom:sourceSecrets": { campaigns: token, partner: '{"accessKeyId":"AKIA","secretAccessKey":"key-of-partner"}' },
};
export const names = ["campaigns", "studio", "partner", "keyless"];
export const account = "eu-west-1:000000000000";
export const arnOf = (name: string) => `arn:aws:lambda:${account}:function:darkroom-dev-pull-${name}-fn`;
