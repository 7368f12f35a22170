const thin = "\u202f";

/** 3 234 567 → "3.2 MB". Thousands, as file managers and browsers count. */
export function bytes(count: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3));
  const value = count / 1000 ** power;
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)}${thin}${units[power]}`;
}

/** 38 → "38 ms", 1240 → "1.2 s", 75000 → "1 min 15 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}${thin}ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}${thin}s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60
    ? `${seconds}${thin}s`
    : `${Math.floor(seconds / 60)}${thin}min${seconds % 60 ? ` ${seconds % 60}${thin}s` : ""}`;
}

/** Share of `before` that is gone, in whole percent; undefined when nothing is. */
export function saved(before: number, after: number): string | undefined {
  const percent = Math.floor((1 - after / before) * 100);
  return percent > 0 ? `${percent}${thin}% smaller` : undefined;
}

export const percent = (value: number): string => `${Math.round(value)}${thin}%`;

export const dimensions = (width: number, height: number): string => `${width}${thin}×${thin}${height}`;

/** Today the time is enough; before that, the day too. */
export function moment(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  return at.toDateString() === now.toDateString()
    ? at.toLocaleTimeString(undefined, time)
    : at.toLocaleString(undefined, { day: "numeric", month: "short", ...time });
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** "just now", "4 min ago", "3 h ago", "2 days ago". */
export function ago(iso: string, now = new Date()): string {
  const minutes = Math.floor((now.getTime() - Date.parse(iso)) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes}${thin}min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}${thin}h ago` : `${Math.floor(hours / 24)} days ago`;
}
