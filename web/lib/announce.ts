/** Tells screen readers what happened, gathering what comes within a moment so that fifty pictures do not talk for minutes. */
export function createAnnouncer(region: HTMLElement): (text: string) => void {
  let waiting: string[] = [];
  return (text) => {
    waiting.push(text);
    if (waiting.length > 1) return;
    setTimeout(() => {
      const rest = waiting.length - atMost;
      region.textContent = [...waiting.slice(0, atMost), ...(rest > 0 ? [`And ${rest} more.`] : [])].join(" ");
      waiting = [];
    }, 600);
  };
}

const atMost = 3;
