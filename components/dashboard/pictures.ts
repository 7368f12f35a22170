import type { Settings } from "../../settings.ts";
import { pricesOf } from "../costs.ts";
import { chain } from "../outcomes.ts";
import { type Graph, line, lines, type Section } from "./widgets.ts";

export function funnel(environment: string): Section {
  const steps = [
    ofStack(environment, "PicturesIn", "In"),
    ofStack(environment, "PicturesPublished", "Published"),
    ofStack(environment, "PicturesRejected", "Rejected"),
    ofStack(environment, "PicturesForgotten", "Forgotten"),
  ];
  const byReason = { stat: "Sum", period: hour } as const;
  return {
    title: "Pictures",
    says: "What came in, and what became of it. In = published + rejected + duplicates + what is still on its way.",
    graphs: [
      { title: "In and out", lines: steps, stat: "Sum", view: "singleValue", width: 24, height: 4 },
      { title: "In and out, by the hour", lines: steps, stat: "Sum", period: hour, width: 12 },
      {
        title: "Rejected, by reason",
        lines: [lines(darkroom, "PicturesRejected", { Environment: environment }, ["Reason"], byReason)],
        stat: "Sum",
        period: hour,
        stacked: true,
        width: 12,
      },
    ],
  };
}

export function speed(environment: string): Section {
  const ofStep = (stat: "p50" | "p95") =>
    chain.map((Actor) =>
      line(darkroom, "StepMilliseconds", { Environment: environment, Actor }, { label: Actor, stat }),
    );
  const toPublish = (["p50", "p95"] as const).map((stat) =>
    ofStack(environment, "SecondsToPublish", stat === "p50" ? "half of them" : "19 of 20", stat),
  );
  return {
    title: "Speed",
    says: "How long a picture takes from its entry to its publication, and each step of it.",
    graphs: [
      { title: "Seconds until published", lines: toPublish, stat: "p50" },
      { title: "Milliseconds of each step, half of them", lines: ofStep("p50"), stat: "p50" },
      { title: "Milliseconds of each step, 19 of 20", lines: ofStep("p95"), stat: "p95" },
    ],
  };
}

export function judgement(environment: string): Section {
  const answers = { stat: "Sum", period: hour } as const;
  return {
    title: "Savings and moderation",
    says: "Bytes that compression kept from being sent, and what the moderators answered.",
    graphs: [
      {
        title: "Bytes saved, by the hour",
        lines: [ofStack(environment, "BytesSaved", "Bytes saved")],
        stat: "Sum",
        period: hour,
        width: 12,
      },
      {
        title: "Answers of the moderators",
        lines: [lines(darkroom, "ModerationAnswers", { Environment: environment }, ["Moderator", "Answer"], answers)],
        stat: "Sum",
        period: hour,
        stacked: true,
        width: 12,
      },
    ],
  };
}

export function costs(settings: Settings): Section {
  const ofEach = (metric: string) =>
    pricesOf(settings).map(([Provider]) =>
      line(darkroom, metric, { Environment: settings.environment, Provider }, { label: Provider }),
    );
  const graphs: readonly Graph[] = [
    { title: "Dollars, by the hour", lines: ofEach("Spent"), stat: "Sum", period: hour, stacked: true },
    { title: "Per cent of the month's budget", lines: ofEach("BudgetUsedPercent"), stat: "Maximum" },
    { title: "Calls not made for want of budget", lines: ofEach("PaidCallsStopped"), stat: "Sum" },
  ];
  return {
    title: "Costs",
    says: "What services that are paid by the call have cost.",
    graphs: graphs.filter(({ lines: drawn }) => drawn.length > 0),
  };
}

export function standstill(environment: string): Section {
  const found = [
    ofStack(environment, "Stranded", "Uploads without a record"),
    ofStack(environment, "Woken", "Pictures woken again"),
    ofStack(environment, "Stuck", "Pictures that stand still all the same"),
  ];
  return {
    title: "Lost and found",
    says: "What the reconciler found on its rounds.",
    graphs: [{ title: "Of each round", lines: found, stat: "Maximum", period: 900, width: 24 }],
  };
}

export function sources({ environment, sources: all }: Settings): Section {
  const ofEach = (metric: string) =>
    all.map(({ name }) => line(darkroom, metric, { Environment: environment, Source: name }, { label: name }));
  const counted = (title: string, metric: string): Graph => ({
    title,
    lines: ofEach(metric),
    stat: "Sum",
    period: hour,
    width: 6,
  });
  const graphs: readonly Graph[] = [
    counted("Taken", "SourceTaken"),
    counted("Left out", "SourceSkipped"),
    counted("Given up", "SourceFailed"),
    { title: "Minutes in trouble", lines: ofEach("SourceFailingMinutes"), stat: "Maximum", width: 6 },
  ];
  return {
    title: "Sources",
    says: "`darkroom source status` says more.",
    graphs: all.length > 0 ? graphs : [],
  };
}

const darkroom = "Darkroom";
const hour = 3600;

/** One of our own measures, of the whole stack. */
const ofStack = (Environment: string, metric: string, label: string, stat?: "Sum" | "Maximum" | "p50" | "p95") =>
  line(darkroom, metric, { Environment }, { label, ...(stat && { stat }) });
