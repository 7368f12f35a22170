/** What was said may repeat what a stranger sent: nothing in it may move a terminal's cursor or hide text. */
export const oneLine = (text: string) => text.replaceAll("\n", " ").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "�");
