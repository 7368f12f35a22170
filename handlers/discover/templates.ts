/** Whether template syntax has a say in this part of a text. */
export type Templated = (start: number, end: number) => boolean;

/**
 * The parts of a text that some template engine replaces: PHP, ERB and EJS, Liquid, Jinja, Twig and
 * Handlebars. What lies in one, or has one inside, is not what a reader of the page will be sent.
 */
export function templatedParts(text: string): Templated {
  const parts = [...text.matchAll(syntax)].map(({ index, 0: part }) => [index, index + part.length] as const);
  return (start, end) => parts.some(([from, to]) => from < end && start < to);
}

/** A part that is never closed goes on to the end for PHP, which allows it; for the others it is plain text. */
const syntax =
  /<\?(?:php|=)[\s\S]*?(?:\?>|$)|<%[\s\S]{0,4000}?%>|\{%[\s\S]{0,4000}?%\}|\{#[\s\S]{0,4000}?#\}|\{\{[\s\S]{0,4000}?\}\}/g;
