// When somebody is told, in words. Pure.
import type { AnswerOf } from "@durable/engine/api";
import { countOf } from "../../words/number.ts";
import { period } from "../../words/time.ts";

export type AlertRule = AnswerOf<"listAlertRules">["rules"][number];
type Kind = AlertRule["kind"];
type Options = AlertRule["options"];

const s = (seconds: number | undefined) => period((seconds ?? 0) * 1_000);

export const ALERT: Readonly<
  Record<Kind, { readonly label: string; readonly said: (options: Options) => string }>
> = {
  failed: {
    label: "Runs fail",
    said: ({ count, within_s }) =>
      `${countOf(count ?? 0, "run")} of a function failed within ${s(within_s)}.`,
  },
  stuck: {
    label: "Runs are stuck",
    said: ({ retrying_s, waiting_s }) =>
      `Runs of a function cannot go on without a person, are tried again for longer than ${s(retrying_s)}${waiting_s === 0 || waiting_s === undefined ? "" : `, or wait for longer than ${s(waiting_s)}`}.`,
  },
  backlog: {
    label: "The backlog grows",
    said: ({ queued, oldest_s, for_s }) =>
      `For ${s(for_s)} more than ${countOf(queued ?? 0, "run")} were queued, or the oldest for longer than ${s(oldest_s)}.`,
  },
  missed: {
    label: "A schedule missed ticks",
    said: ({ within_s }) => `No engine started ticks of a schedule within the last ${s(within_s)}.`,
  },
  circuit: {
    label: "The app does not answer",
    said: ({ for_s }) => `It has not answered for ${s(for_s)}, and its runs are frozen.`,
  },
  error: {
    label: "A new error",
    said: ({ within_s }) =>
      `Runs fail with something new, or with something that was resolved; until it is resolved or muted, or for ${s(within_s)}.`,
  },
  webhook: { label: "A webhook was given up", said: () => "It took nothing for a day, or answered 410." },
  more: {
    label: "More alerts than are told",
    said: () => "A hundred were told within an hour, and there were more: one stands for all of these.",
  },
};

/** What a number of a rule is called; seconds end in `_s`. */
export const OPTION: Readonly<Record<string, string>> = {
  count: "Runs",
  within_s: "Within seconds",
  retrying_s: "Tried again for seconds",
  waiting_s: "Waiting for seconds; 0: never too long",
  queued: "Queued runs",
  oldest_s: "The oldest, seconds",
  for_s: "For seconds",
};
