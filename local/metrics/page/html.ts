/** Text as it may stand in HTML, between tags and in quoted attributes. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** Up to four digits, then in thousands and millions, as on an axis. */
export function short(value: number): string {
  const size = Math.abs(value);
  const [unit, by] = size >= 1e9 ? ["G", 1e9] : size >= 1e6 ? ["M", 1e6] : size >= 10_000 ? ["k", 1e3] : ["", 1];
  const digits = unit === "" && size >= 100 ? 0 : 2;
  return `${Number((value / by).toFixed(digits))}${unit}`;
}

/** Hours and minutes, with the day where the span is longer than one. */
export function clock(at: number, spanMs: number): string {
  const day = spanMs > 86_400_000 / 2 ? ({ month: "short", day: "numeric" } as const) : {};
  return new Intl.DateTimeFormat("en-GB", { ...day, hour: "2-digit", minute: "2-digit" }).format(at);
}
