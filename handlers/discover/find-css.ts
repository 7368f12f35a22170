import * as css from "css-tree";
import type { AddressPlace } from "./place.ts";
import { type Templated, templatedParts } from "./templates.ts";

/** Whether a text is a style sheet, or the inside of a style attribute. */
type Context = "stylesheet" | "declarationList";

/** The `url()` of every property that shows a picture, and the texts of its `image-set()`. */
export function findCss(
  text: string,
  context: Context = "stylesheet",
  templated: Templated = templatedParts(text),
): AddressPlace[] {
  const places: AddressPlace[] = [];
  const tree = css.parse(text, { context, positions: true, onParseError: () => {} });
  css.walk(tree, {
    visit: "Declaration",
    enter(declaration) {
      if (!showsPictures.test(declaration.property)) return;
      const around: css.FunctionNode[] = [];
      css.walk(declaration.value, {
        enter(node: css.CssNode) {
          if (node.type === "Function") around.push(node);
          const inner = around.at(-1);
          const named = node.type === "Url" || (node.type === "String" && inner !== undefined && isImageSet(inner));
          if (!named || !node.loc) return;
          const { start, end } = node.loc;
          places.push({
            kind: "address",
            reference: node.value,
            start: start.offset,
            end: end.offset,
            notation: "css",
            sameFormat: around.some((set) => isImageSet(set) && namesTypes(set)),
            templated: templated(start.offset, end.offset),
          });
        },
        leave(node: css.CssNode) {
          if (node.type === "Function") around.pop();
        },
      });
    },
  });
  return places;
}

/** Not cursors, which browsers limit in size, nor fonts, filters and paths, which are no pictures. */
const showsPictures = /^(-webkit-)?(background|border-image|list-style|mask|content|shape-outside)/i;

const isImageSet = ({ name }: css.FunctionNode) => /^(-webkit-)?image-set$/i.test(name);

const namesTypes = (set: css.FunctionNode) =>
  set.children.some((child) => child.type === "Function" && child.name.toLowerCase() === "type");
