import sharp from "sharp";
import { bars } from "./look.ts";
import type { Summary } from "./summary.ts";

/** In CSS pixels; the PNG has twice as many. */
export const chartSize = { width: 536, height: 120 } as const;

/**
 * Two bars for each hour: came in, and published. Without a letter in it, because Lambda has no
 * fonts, and without a background, so that it lies on light mails and on dark ones.
 *
 * sharp must be able to read SVG: a process in which pixels/sharp.ts was loaded cannot.
 */
export async function hourlyChart(hours: Summary["hours"]): Promise<Buffer> {
  const { width, height } = chartSize;
  const most = Math.max(1, ...hours.map(({ cameIn, published }) => Math.max(cameIn, published)));
  const step = width / hours.length;
  const thick = (step - 5) / 2;
  const bar = (x: number, value: number, fill: string) => {
    if (value === 0) return "";
    // One picture must be seen beside a thousand.
    const tall = Math.max(3, (value / most) * (height - 2));
    const top = height - 1 - tall;
    const r = Math.min(2.5, thick / 2, tall);
    return `<path fill="${fill}" d="M${x} ${height - 1}V${top + r}q0 ${-r} ${r} ${-r}h${thick - 2 * r}q${r} 0 ${r} ${r}V${height - 1}z"/>`;
  };
  const drawn = hours.map(({ cameIn, published }, hour) => {
    const x = hour * step + 2;
    return bar(x, cameIn, bars.cameIn) + bar(x + thick + 1, published, bars.published);
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * 2}" height="${height * 2}" viewBox="0 0 ${width} ${height}">
${drawn.join("\n")}
<rect y="${height - 1}" width="${width}" height="1" fill="${bars.cameIn}"/>
</svg>`;
  return await sharp(Buffer.from(svg)).png({ compressionLevel: 9, palette: true }).toBuffer();
}
