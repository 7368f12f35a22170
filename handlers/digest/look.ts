/** The colours of web/styles/tokens.css, for mails: light inline, dark by class where the reader knows how. */
export const light = {
  bg: "#f5f1ec",
  surface: "#fffdfa",
  line: "#e0d7cd",
  text: "#241d19",
  muted: "#695d55",
  accent: "#b03c17",
  ask: "#7d5200",
  askSoft: "#fbeccb",
} as const;

export const dark = {
  bg: "#14100e",
  surface: "#1e1816",
  line: "#3a2f29",
  text: "#f4ece5",
  muted: "#b8a99d",
  accent: "#ff8259",
  ask: "#f3c567",
  askSoft: "#3a2d13",
} as const satisfies Record<keyof typeof light, string>;

/** Of the bars, which lie on the light surface or on the dark one: at least 3:1 against both. */
export const bars = { cameIn: "#97877b", published: "#d9572c" } as const;

export const width = 600;
