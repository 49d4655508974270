// Why a run does not go on, as words with links: the API's `wait` (ADR 0037), a table by its kind. Pure, so that a list, a run and an
// event say the same.
import type { RunListed } from "../live/patches.ts";
import { grouped, listed } from "./number.ts";
import { age, clockTime } from "./time.ts";

export type Wait = NonNullable<RunListed["wait"]>;

/** Where a piece leads. */
export type Place =
  | { readonly kind: "run"; readonly id: string; readonly app?: string | null }
  | { readonly kind: "limits" | "inbox" | "fleet" };

export type Piece = string | { readonly text: string; readonly to: Place };

type Say = (wait: Wait, nowMs: number) => readonly Piece[];

/** What it waits for, to be read after "Waits for"; a new kind does not compile until it has words. */
const WORDS: Readonly<Record<Wait["kind"], Say>> = {
  concurrency: (wait, nowMs) => ["a place at ", ...atLimit(wait), ...whenAtLimit(wait, nowMs)],
  throttle: (wait, nowMs) => ["a start at ", ...atLimit(wait), ...whenAtLimit(wait, nowMs)],
  singleton: (wait, nowMs) => [...holderOf(wait), ...whenAtLimit(wait, nowMs)],
  held: ({ pause }) => [
    { text: pauseSaid(pause!), to: { kind: "limits" } },
    ` to be resumed; paused by ${pause!.by}${pause!.reason === null ? "" : `: ${pause!.reason}`}`,
  ],
  circuit: ({ circuit }, nowMs) =>
    circuit?.state === "open"
      ? [
          { text: "the app", to: { kind: "fleet" } },
          `, which does not answer; next try ${whenSaid(circuit.next_probe_at, nowMs)}`,
        ]
      : [{ text: "the app", to: { kind: "fleet" } }, ", which is busy"],
  slot: () => ["a free slot of an engine"],
  paused: () => ["a person to resume it"],
  begin: (wait, nowMs) => ["its time to begin", ...untilSaid(wait, nowMs)],
  retry: (wait, nowMs) => [
    `try ${wait.attempt ?? "again"} of ${wait.step === null ? "the function" : wait.step.name}`,
    ...untilSaid(wait, nowMs),
  ],
  step: ({ step }) => [`step ${step?.name ?? "?"}, which runs`],
  child: ({ child }) => [
    {
      text: `a run of ${child!.app === null ? "" : `${child!.app}/`}${child!.function}`,
      to: { kind: "run", id: child!.run, app: child!.app },
    },
    `, which is ${child!.status}`,
  ],
  input: ({ input, until }, nowMs) => [
    {
      text: `${input?.kind === "approval" ? "an approval" : "an answer"} by ${input?.assignee ?? "anybody"}`,
      to: { kind: "inbox" },
    },
    ...latestSaid(until, nowMs),
  ],
  event: ({ events, until }, nowMs) => [
    `event ${listed(
      (events ?? []).map(({ event }) => event),
      "or",
    )}`,
    ...latestSaid(until, nowMs),
  ],
  signal: ({ step, until }, nowMs) => [`signal ${step?.name ?? "?"}`, ...latestSaid(until, nowMs)],
  sleep: (wait, nowMs) => [`the end of sleep ${wait.step?.name ?? "?"}`, ...untilSaid(wait, nowMs)],
};

export function waitPieces(wait: Wait, nowMs: number): readonly Piece[] {
  return WORDS[wait.kind](wait, nowMs);
}

/** The same without links, for a title or a reader. */
export function waitText(wait: Wait, nowMs: number): string {
  return waitPieces(wait, nowMs)
    .map((piece) => (typeof piece === "string" ? piece : piece.text))
    .join("");
}

function atLimit({ gate }: Wait): readonly Piece[] {
  const { limit, key, used, position, capped } = gate!;
  const whose = key === null || key === undefined ? "" : ` for ${keySaid(key)}`;
  const taken = limit.kind === "throttle" ? "" : `, ${used} of ${limit.count ?? "any number"} taken`;
  const place = capped
    ? `, behind more than ${grouped(position - 1)}`
    : position === 1
      ? ", next"
      : `, position ${grouped(position)}`;
  return [{ text: limit.name, to: { kind: "limits" } }, `${whose}${taken}${place}`];
}

function holderOf({ gate }: Wait): readonly Piece[] {
  const holder = gate!.holders[0];
  const name: Piece = { text: gate!.limit.name, to: { kind: "limits" } };
  if (holder === undefined) return ["its turn at ", name];
  return [{ text: "another run", to: { kind: "run", id: holder.run } }, " to end, by the ", name];
}

/** Said only where it tells more than nothing: most often it is known soon. */
const UNKNOWN: Readonly<Record<NonNullable<Wait["starts_unknown"]>, string | null>> = {
  closed: "the limit is 0, so nobody gets in",
  never: "all places are held by runs that wait for this one",
  far: null,
  unmeasured: null,
  stalled: "no place was freed for far longer than usual",
  outside: null,
};

function whenAtLimit(
  { kind, starts_at: startsAt, starts_unknown: unknown }: Wait,
  nowMs: number,
): readonly Piece[] {
  if (startsAt !== null)
    return [`, ${kind === "concurrency" ? "probably " : ""}${whenSaid(startsAt, nowMs)}`];
  const said = unknown === null ? null : UNKNOWN[unknown];
  return said === null ? [] : [`; ${said}`];
}

function untilSaid({ until }: Wait, nowMs: number): readonly Piece[] {
  return until === null ? [] : [`, ${whenSaid(until, nowMs)}`];
}

function latestSaid(until: string | null, nowMs: number): readonly Piece[] {
  return until === null ? [] : [`, until ${clockTime(until, nowMs)}`];
}

/** `in 40 s` while that is near, the clock's time when it is far. */
export function whenSaid(instant: string, nowMs: number): string {
  const leftMs = Date.parse(instant) - nowMs;
  if (leftMs <= 0) return "now";
  return leftMs < 3_600_000 ? `in ${age(Math.max(1_000, leftMs))}` : `at ${clockTime(instant, nowMs)}`;
}

export function keySaid(key: unknown): string {
  return typeof key === "string" && key !== "" ? key : JSON.stringify(key);
}

type Paused = Pick<NonNullable<Wait["pause"]>, "kind" | "function" | "key">;

const PAUSED: Readonly<Record<Paused["kind"], (pause: Paused) => string>> = {
  workspace: () => "the whole workspace",
  function: ({ function: fn }) => `function ${fn}`,
  key: ({ key }) => `key ${keySaid(key)} of a limit`,
  tenant: ({ key, function: fn }) => `tenant ${keySaid(key)} of ${fn}`,
};

export function pauseSaid(pause: Paused): string {
  return PAUSED[pause.kind](pause);
}
