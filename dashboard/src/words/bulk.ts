import type { AnswerOf } from "@durable/engine/api";
import { countOf, grouped } from "./number.ts";
import type { Tone } from "./run-status.ts";

export type Bulk = AnswerOf<"listBulks">["bulks"][number];

interface ActionFace {
  /** On a button. */
  readonly label: string;
  /** As an order, before a number of runs: `Cancel 3 runs`. */
  readonly order: (runs: string) => string;
  /** What it does to each of them. */
  readonly means: string;
  readonly isDanger: boolean;
}

/** A new action does not compile until it has words. */
export const BULK_ACTION: Readonly<Record<Bulk["action"], ActionFace>> = {
  cancel: {
    label: "Cancel",
    order: (runs) => `Cancel ${runs}`,
    means:
      "Nothing of them runs any more but the undoing of their completed steps. This cannot be taken back. Those that have ended are left as they are.",
    isDanger: true,
  },
  pause: {
    label: "Pause",
    order: (runs) => `Pause ${runs}`,
    means:
      "They stand still until somebody resumes them. What they wait for still happens, and is kept. Those that have ended are left as they are.",
    isDanger: false,
  },
  resume: {
    label: "Resume",
    order: (runs) => `Resume ${runs}`,
    means:
      "Those that are paused go on, with their results kept and fresh attempts. The others are left as they are.",
    isDanger: false,
  },
  rerun: {
    label: "Run again",
    order: (runs) => `Run ${runs} again`,
    means:
      "A new run is made of each, from its start, with the newest code. What their steps did, they do again.",
    isDanger: true,
  },
  retry: {
    label: "Retry from failure",
    order: (runs) => `Retry ${runs} from the failed step`,
    means:
      "A new run is made of each that failed. It keeps the results before the failed step, and goes on from there with the newest code.",
    isDanger: false,
  },
};

interface StatusFace {
  readonly label: string;
  readonly tone: Tone;
  /** What that means now. */
  readonly said: (bulk: Pick<Bulk, "canary" | "items">) => string;
}

export const BULK_STATUS: Readonly<Record<Bulk["status"], StatusFace>> = {
  canary: {
    label: "Trying the first",
    tone: "busy",
    said: ({ canary }) =>
      `The first ${countOf(canary, "run")} are acted on. Then it waits for somebody to continue it.`,
  },
  held: {
    label: "Waiting for you",
    tone: "held",
    said: ({ canary, items }) =>
      `The first ${grouped(Math.min(canary, items))} are done. Look at what came of them, then continue or abort.`,
  },
  running: { label: "Running", tone: "busy", said: () => "It goes through its runs, a few at a time." },
  paused: { label: "Paused", tone: "held", said: () => "Nothing more is begun until somebody continues it." },
  completed: { label: "Completed", tone: "good", said: () => "Each of its runs was acted on or refused." },
  aborted: { label: "Aborted", tone: "gone", said: () => "It was ended early. What was done stays done." },
};

/** Its filter as a person would type it. */
export function bulkFilterText(filter: unknown): string {
  if (filter === null || typeof filter !== "object") return "every run";
  const { q, ids, ...others } = filter as { q?: string; ids?: readonly string[] };
  const terms = [
    ...(q ? [q] : []),
    ...(ids === undefined ? [] : [countOf(ids.length, "chosen run")]),
    ...Object.entries(others).map(([name, value]) => `${name}:${String(value)}`),
  ];
  return terms.length === 0 ? "every run" : terms.join(" ");
}
