import type * as pulumi from "@pulumi/pulumi";
import type { CostTerms, PaidProvider } from "../handlers/costs/terms.ts";
import type { Settings } from "../settings.ts";
import { watch } from "./alarms.ts";

/** What functions are told of the calls that the stack pays for, as JSON. */
export const costsOf = (settings: Settings): string => JSON.stringify(termsOf(settings));

/** Rings when a provider's budget for the month is nearly spent, and when its calls are stopped. */
export function watchBudgets(settings: Settings, topicArn: pulumi.Input<string>, opts: pulumi.CustomResourceOptions) {
  for (const [provider, { budget }] of Object.entries(termsOf(settings).providers)) {
    if (budget === undefined) continue;
    const measured = {
      namespace: "Darkroom",
      runbook: "budget",
      dimensions: { Environment: settings.environment, Provider: provider },
    } as const;
    watch(
      `budget-${provider}-nearly-spent`,
      {
        ...measured,
        description: `At least 80 % of the month's budget for ${provider} is spent. \`darkroom status\` says how much.`,
        metric: "BudgetUsedPercent",
        statistic: "Maximum",
        above: 79,
        // Measured with paid calls alone: what was last said holds.
        missing: "ignore",
      },
      topicArn,
      opts,
    );
    watch(
      `budget-${provider}-stopped`,
      {
        ...measured,
        description: `The month's budget for ${provider} is spent, so it is not called any more. Raise darkroom:budgets, or wait for the next month.`,
        metric: "PaidCallsStopped",
        statistic: "Sum",
        above: 0,
      },
      topicArn,
      opts,
    );
  }
}

/** Who is paid by the call, and for how much. */
export function pricesOf({ compression, moderation, prices }: Settings): [provider: PaidProvider, price: number][] {
  const used: readonly PaidProvider[] = [
    ...(compression.kind === "tinify" ? (["tinify"] as const) : []),
    ...[moderation.screen, moderation.escalate].filter((kind) => kind === "rekognition" || kind === "http"),
  ];
  return used.flatMap((provider) => {
    const price = prices[provider];
    return price === undefined ? [] : [[provider, price]];
  });
}

function termsOf(settings: Settings): CostTerms {
  const { budgets, digest } = settings;
  const providers = pricesOf(settings).map(([provider, price]) => [provider, { price, budget: budgets[provider] }]);
  return { timeZone: digest?.at.timeZone ?? "UTC", providers: Object.fromEntries(providers) };
}
