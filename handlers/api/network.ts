import { isIPv4, isIPv6 } from "node:net";

/**
 * Whom to count a request to, from `cloudfront-viewer-address` ("address:port"). Of an IPv6 address
 * only the first 64 bits count: one household has them all.
 */
export function networkOf(viewerAddress: string): string {
  const address = viewerAddress.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  const mapped = address.replace(/^::ffff:/i, "");
  if (isIPv4(mapped)) return mapped;
  if (!isIPv6(address) || address.includes("%")) return "unknown";
  // The URL parser writes every address in one way.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return `${[...before, ...Array<string>(zeros).fill("0"), ...after].slice(0, 4).join(":")}::/64`;
}
