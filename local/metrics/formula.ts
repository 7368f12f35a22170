import type { Dimensions } from "./types.ts";

/** One value for each period; undefined where there is none. */
export type Values = readonly (number | undefined)[];
export interface Named {
  readonly label: string;
  readonly values: Values;
  /** Of the metric that it shows, where that was searched for. */
  readonly dimensions?: Dimensions;
}

export interface FormulaDeps {
  /** The widget's lines by their ids, those after the first letter of a formula too. */
  readonly lines: ReadonlyMap<string, Values>;
  /** What SEARCH finds. */
  readonly search: (expression: string, statistic: string) => readonly Named[];
  /** How many periods there are. */
  readonly periods: number;
}

/** What is beyond this page's metric math, shown in the widget. */
export class FormulaError extends Error {
  override readonly name = "FormulaError";
  readonly code = "FORMULA_UNSUPPORTED";
  constructor(formula: string, detail: string) {
    super(`FORMULA_UNSUPPORTED: the laptop host does not compute ${formula}: ${detail}.`);
  }
}

type Operand = { readonly number: number } | { readonly series: readonly Named[] };

/**
 * Metric math of numbers, ids, + - * / and parentheses, SEARCH, METRICS, FILL, RUNNING_SUM, SUM, AVG, MIN and MAX:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws FormulaError for the rest of it.
 */
export function compute(formula: string, { lines, search, periods }: FormulaDeps): readonly Named[] {
  const fail = (detail: string): never => {
    throw new FormulaError(formula, detail);
  };
  const tokens = formula.match(/'[^']*'|"[^"]*"|\d+\.?\d*(?:e[+-]?\d+)?|\w+|[^\s\w]/gi) ?? [];
  let at = 0;
  const take = (token: string) => (tokens[at] === token ? Boolean(++at) : false);
  const expect = (token: string) => take(token) || fail(`${JSON.stringify(token)} is missing`);

  function sum(): Operand {
    let left = product();
    for (; tokens[at] === "+" || tokens[at] === "-"; ) {
      const sign = tokens[at++] === "+" ? 1 : -1;
      left = combine(left, product(), (a, b) => a + sign * b);
    }
    return left;
  }

  function product(): Operand {
    let left = factor();
    for (; tokens[at] === "*" || tokens[at] === "/"; ) {
      const times = tokens[at++] === "*";
      left = combine(left, factor(), (a, b) => (times ? a * b : a / b));
    }
    return left;
  }

  function factor(): Operand {
    const token = tokens[at++] ?? fail("it ends too early");
    if (token === "-") return combine({ number: 0 }, factor(), (a, b) => a - b);
    if (token === "(") {
      const inner = sum();
      expect(")");
      return inner;
    }
    if (token === "[") return list("]");
    if (/^\d/.test(token)) return { number: Number(token) };
    if (/^['"]/.test(token)) return fail(`${token} stands where a number should`);
    if (take("(")) return call(token.toUpperCase());
    const values = lines.get(token);
    return values ? { series: [{ label: token, values }] } : fail(`no metric has the id ${token}`);
  }

  function list(end: string): Operand {
    const series: Named[] = [];
    do {
      const each = sum();
      if ("number" in each) return fail("a list holds a number");
      series.push(...each.series);
    } while (take(","));
    expect(end);
    return { series };
  }

  function call(name: string): Operand {
    if (name === "SEARCH" || name === "METRICS") {
      const texts: string[] = [];
      for (; at < tokens.length && tokens[at] !== ")"; at += 1)
        if (tokens[at] !== ",") texts.push(unquoted(tokens[at]!));
      expect(")");
      if (name === "SEARCH") return { series: search(texts[0] ?? "", texts[1] ?? "Average") };
      const found = [...lines].filter(([id]) => id.includes(texts[0] ?? ""));
      return { series: found.map(([label, values]) => ({ label, values })) };
    }
    const of = sum();
    if ("number" in of) return fail(`${name} of a number`);
    const fold = Object.hasOwn(folds, name) ? folds[name] : undefined;
    if (fold !== undefined) {
      expect(")");
      const columns = Array.from({ length: periods }, (_, index) =>
        of.series.flatMap(({ values }) => values[index] ?? []),
      );
      return { series: [{ label: "", values: columns.map((all) => (all.length > 0 ? fold(all) : undefined)) }] };
    }
    if (name === "RUNNING_SUM") {
      expect(")");
      return mapped(of.series, runningSum);
    }
    if (name !== "FILL") return fail(`there is no ${name} here`);
    expect(",");
    if (take("REPEAT")) {
      expect(")");
      return mapped(of.series, repeated);
    }
    const by = sum();
    expect(")");
    if (!("number" in by)) return fail("FILL takes a number or REPEAT");
    return mapped(of.series, (values) => values.map((value) => value ?? by.number));
  }

  function combine(a: Operand, b: Operand, by: (a: number, b: number) => number): Operand {
    if ("number" in a && "number" in b) return { number: by(a.number, b.number) };
    if ("series" in a && "series" in b && a.series.length > 1 && b.series.length > 1)
      return fail("it combines two lists");
    const length = Math.max(...("series" in a ? [a.series.length] : []), ...("series" in b ? [b.series.length] : []));
    const pick = (operand: Operand, index: number) =>
      "number" in operand ? undefined : operand.series[operand.series.length === 1 ? 0 : index];
    const one = (index: number): Named => {
      const [left, right] = [pick(a, index), pick(b, index)];
      const values = Array.from({ length: periods }, (_, period) => {
        const x = "number" in a ? a.number : left?.values[period];
        const y = "number" in b ? b.number : right?.values[period];
        const value = x === undefined || y === undefined ? undefined : by(x, y);
        return Number.isFinite(value) ? value : undefined;
      });
      return { label: "", ...(left ?? right), values };
    };
    return { series: Array.from({ length }, (_, index) => one(index)) };
  }

  const result = sum();
  if (at < tokens.length) fail(`${JSON.stringify(tokens[at])} stands where nothing more should come`);
  if ("series" in result) return result.series;
  return [{ label: formula, values: Array.from({ length: periods }, () => result.number) }];
}

const folds: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const mapped = (series: readonly Named[], by: (values: Values) => Values): Operand => ({
  series: series.map((each) => ({ ...each, values: by(each.values) })),
});

const unquoted = (text: string) => text.replace(/^(['"])(.*)\1$/, "$2");

function runningSum(values: Values): Values {
  let sum = 0;
  return values.map((value) => {
    sum += value ?? 0;
    return sum;
  });
}

function repeated(values: Values): Values {
  let last: number | undefined;
  return values.map((value) => {
    last = value ?? last;
    return last;
  });
}
