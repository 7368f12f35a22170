import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createPurses } from "../costs/purse.ts";
import type { CostTerms } from "../costs/terms.ts";
import type { StepDeps } from "../step.ts";
import { costLedger } from "./cost-ledger.ts";
import { emfMeasure } from "./metrics.ts";

/** What a function that makes paid calls pays them from. */
export const pursesOf = (
  env: { readonly CATALOG_TABLE: string; readonly ENVIRONMENT: string; readonly COSTS: CostTerms },
  { documents, now, log }: Pick<StepDeps, "now" | "log"> & { readonly documents: DynamoDBDocumentClient },
) =>
  createPurses({
    ledger: costLedger(documents, env.CATALOG_TABLE, env.COSTS.timeZone),
    terms: env.COSTS,
    now,
    log,
    measureOf: (Provider) => emfMeasure({ Environment: env.ENVIRONMENT, Provider }),
  });
