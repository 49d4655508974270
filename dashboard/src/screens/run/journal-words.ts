// One entry of a run's history in words, and how grave it is: a table by kind.
import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";
import { duration } from "../../words/time.ts";

export type Entry = AnswerOf<"getRunHistory">["entries"][number];
type By = NonNullable<Entry["by"]>;

interface Words {
  readonly label: string;
  readonly tone: Tone | null;
  /** What there is to say beyond its label and its step. Instants are shown beside it. */
  readonly say: (entry: Entry) => string;
}

export const ENTRY: Readonly<Record<Entry["kind"], Words>> = {
  scheduled: {
    label: "Scheduled",
    tone: null,
    say: ({ by, reason }) => (by?.kind === "run" ? `by a run (${reason})` : `by event ${by?.name ?? "?"}`),
  },
  began: {
    label: "Began",
    tone: null,
    say: ({ by }) => `its time had come${by?.name ? ` (${by.name})` : ""}`,
  },
  admitted: {
    label: "Let in",
    tone: null,
    say: ({ by, ms, reason }) =>
      `by ${by?.name ?? "a limit"}${reason === null ? "" : ` for ${reason}`}, after ${duration(ms ?? 0)}`,
  },
  attempt: { label: "Attempt", tone: "busy", say: ({ attempt, ms }) => `number ${attempt}${took(ms)}` },
  failed: {
    label: "Attempt failed",
    tone: "bad",
    say: ({ attempt, failure }) => `number ${attempt}${saying(failure)}`,
  },
  unanswered: {
    label: "No usable answer",
    tone: "bad",
    say: ({ failure }) => saying(failure).replace(/^: /, ""),
  },
  lost: { label: "Engine died", tone: "bad", say: () => "another one takes over" },
  late: {
    label: "Came too late",
    tone: "gone",
    say: ({ attempt }) => `attempt ${attempt}; nothing follows from it`,
  },
  turn: { label: "Called", tone: null, say: ({ ms }) => `and nothing new came of it${took(ms)}` },
  backoff: { label: "Pause", tone: "calm", say: ({ ms }) => `${duration(ms ?? 0)} before the next try` },
  planned: { label: "Planned", tone: null, say: () => "with a call of its own" },
  sleep: { label: "Sleeps", tone: null, say: () => "" },
  wait: { label: "Waits", tone: null, say: ({ until }) => (until === null ? "for as long as it takes" : "") },
  asked: { label: "Asks a person", tone: "held", say: () => "" },
  invoked: { label: "Invokes", tone: null, say: () => "a child run" },
  settled: {
    label: "Settled",
    tone: "good",
    say: ({ status, by, ms, failure }) =>
      `${status === "ok" ? "done" : "failed for good"}${by === null ? "" : BY[by.kind](by)}${ms === null ? "" : `, after ${duration(ms)}`}${status === "ok" ? "" : saying(failure)}`,
  },
  dropped: { label: "Dropped", tone: "gone", say: () => "nothing waits for it any more" },
  action: {
    label: "Action",
    tone: "held",
    say: ({ status, by, reason }) =>
      `${status ?? "?"} by ${by?.name ?? "?"}${reason === null ? "" : `: ${reason}`}`,
  },
  ended: {
    label: "Ended",
    tone: null,
    say: ({ status, ms, failure }) => `${status}, after ${duration(ms ?? 0)}${saying(failure)}`,
  },
};

const BY: Readonly<Record<By["kind"], (by: By) => string>> = {
  event: ({ name }) => `, by event ${name}`,
  person: ({ name }) => `, by ${name ?? "somebody"}`,
  timer: () => ", by the clock",
  limit: () => "",
  run: () => ", by its run",
  app: () => "",
};

/** A result that is an error, and an end that is none, are not told by their kind. */
export function toneOf({ kind, status }: Entry): Tone | null {
  if (kind === "settled" && status === "err") return "bad";
  if (kind === "ended") return status === "completed" ? "good" : status === "failed" ? "bad" : "gone";
  return ENTRY[kind].tone;
}

function took(ms: number | null): string {
  return ms === null ? "" : `, ${duration(ms)}`;
}

function saying(failure: Entry["failure"]): string {
  return failure === null ? "" : `: ${failure.name}: ${failure.message}`;
}
