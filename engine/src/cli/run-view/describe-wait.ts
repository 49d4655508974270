import { whatIsPaused } from "../../domain/pause.ts";
import type { AnswerOf } from "../../http/contract/table.ts";

export type Wait = NonNullable<AnswerOf<"getRun">["wait"]>;

/** A few words for a row of a table: what is waited for, and until when. */
export function describeWait(wait: Wait): string {
  return `${WORDS[wait.kind](wait)}${whenOf(wait)}`;
}

const WORDS: Record<Wait["kind"], (wait: Wait) => string> = {
  concurrency: placeOf,
  throttle: placeOf,
  singleton: placeOf,
  circuit: ({ circuit }) => (circuit?.state === "open" ? "the app, which is down" : "the app, which is busy"),
  slot: () => "a free slot of an engine",
  held: ({ pause }) => `a person: ${whatIsHeld(pause!)} is paused`,
  paused: () => "a person: it is paused",
  begin: () => "its time to begin",
  retry: ({ step, attempt }) => `try ${attempt} of ${step === null ? "the function" : nameOf(step)}`,
  step: ({ step }) => `step ${nameOf(step)}, which runs`,
  child: ({ child }) =>
    `run ${child!.run} of ${child!.app === null ? "" : `${child!.app}/`}${child!.function}`,
  input: ({ input }) => `${input?.kind} of ${input?.assignee ?? "anybody"}`,
  event: ({ events }) => `event ${events?.map(({ event }) => event).join(", ")}`,
  signal: ({ step }) => `signal ${nameOf(step)}`,
  sleep: ({ step }) => `sleep ${nameOf(step)}`,
};

export function whatIsHeld({ kind, function: functionId, key }: NonNullable<Wait["pause"]>): string {
  return whatIsPaused({ kind, functionId, key: JSON.stringify(key) });
}

function placeOf({ gate }: Wait): string {
  const { limit, key, position, capped, used } = gate!;
  const place =
    limit.kind === "throttle" ? "a start" : `a place (${used} of ${limit.count ?? "any number"} taken)`;
  const whose = key === null || key === undefined ? "" : ` for ${JSON.stringify(key)}`;
  return `${place} at the ${limit.name}${whose}, ${capped ? `behind more than ${position - 1}` : `position ${position}`}`;
}

function whenOf({ kind, starts_at, until }: Wait): string {
  if (starts_at !== null) return `, ${kind === "concurrency" ? "about " : ""}${starts_at}`;
  return until === null ? "" : `, until ${until}`;
}

function nameOf(step: Wait["step"]): string {
  return JSON.stringify(step?.name ?? "?");
}
