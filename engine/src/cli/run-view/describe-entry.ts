import type { AnswerOf } from "../../http/contract/table.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";

type Entry = AnswerOf<"getRunHistory">["entries"][number];

/** One entry of a run's history in words: `"charge": attempt 2 failed: Error: card declined`. */
export function describeEntry(entry: Entry): string {
  const step = entry.step === null ? "" : `${JSON.stringify(oneLine(entry.step.name))}: `;
  return `${step}${WORDS[entry.kind](entry)}`;
}

const WORDS: Record<Entry["kind"], (entry: Entry) => string> = {
  scheduled: ({ by, reason, until }) =>
    `scheduled by ${by?.kind === "run" ? `run ${by.name} (${reason})` : `event ${oneLine(by?.name ?? "?")} (${oneLine(reason ?? "?")})`}${until === null ? "" : `, to begin at ${until}`}`,
  began: ({ by }) => `its time to begin has come (${by?.name})`,
  admitted: ({ by, ms, reason }) =>
    `let in by the ${oneLine(by?.name ?? "limit")}${reason === null ? "" : ` for ${oneLine(reason)}`} after ${formatDuration(ms ?? 0)}`,
  attempt: ({ attempt, ms }) => `attempt ${attempt}${took(ms)}`,
  failed: ({ attempt, failure }) => `attempt ${attempt} failed${saying(failure)}`,
  unanswered: ({ failure }) => `no usable answer${saying(failure)}`,
  lost: () => "its engine died; another one takes over",
  late: ({ attempt }) => `attempt ${attempt} came too late, and nothing follows from it`,
  turn: ({ ms }) => `called, and nothing new came of it${took(ms)}`,
  backoff: ({ ms, until }) => `backoff ${formatDuration(ms ?? 0)}, until ${until}`,
  planned: () => "planned, with a call of its own",
  sleep: ({ until }) => `sleeps until ${until}`,
  wait: ({ until }) => `waits${until === null ? "" : `, until ${until} at most`}`,
  asked: ({ until }) => `asks a person${until === null ? "" : `, until ${until} at most`}`,
  invoked: ({ by }) => `invokes run ${by?.name ?? "?"}`,
  settled: ({ status, by, ms, value, failure }) =>
    `${status === "ok" ? "done" : "failed for good"}${BY[by?.kind ?? "app"](by?.name ?? null)}${ms === null ? "" : ` after ${formatDuration(ms)}`}${status === "ok" ? output(value) : saying(failure)}`,
  dropped: () => "nothing waits for it any more",
  action: ({ status, by, reason }) =>
    `${status} by ${oneLine(by?.name ?? "?")}${reason === null ? "" : `: ${oneLine(reason)}`}`,
  ended: ({ status, ms, value, failure }) =>
    `${status} after ${formatDuration(ms ?? 0)}${status === "completed" ? output(value) : saying(failure)}`,
};

const BY: Record<NonNullable<Entry["by"]>["kind"], (name: string | null) => string> = {
  event: (name) => `, by event ${name}`,
  person: (name) => `, by ${oneLine(name ?? "somebody")}`,
  timer: () => ", by the clock",
  limit: () => "",
  run: (name) => `, by run ${name}`,
  app: () => "",
};

function took(ms: number | null): string {
  return ms === null ? "" : `, ${formatDuration(ms)}`;
}

function output(value: unknown): string {
  return value === null || value === undefined ? "" : `: ${oneLine(JSON.stringify(value))}`;
}

function saying(failure: Entry["failure"]): string {
  return failure === null ? "" : `: ${oneLine(`${failure.name}: ${failure.message}`)}`;
}
