import { transportDelayMs } from "../domain/backoff.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { DispatchResult } from "../endpoint/dispatch-result.ts";
import { decideError } from "./decide-error.ts";
import { answerTooLarge } from "./decide-too-large.ts";
import { OutcomeDraft, pause } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

/** Dispatches whose fate is unknown, in a row, before a person is asked. With 10 s between them: some minutes. */
const BROKEN_MAX = 50;
/** The app is there but does not take this request: a function that was removed. */
const REFUSED_MS = 5_000;
/** The route answers again already: the request met the end of a restart. */
const BACK_AT_ONCE_MS = 50;
/** Of a deployment that is gone: a person may have to act, so it is asked ever more seldom. */
const GONE_MS_MIN = 1_000;
const GONE_MS_MAX = 300_000;
/** Until its job stands in `ready`, from where the claim parks it. */
const FROZEN_MS = 50;

type Unanswered = Exclude<DispatchResult, { kind: "answer" }>;

/**
 * A dispatch that brought no answer. User code is not to blame: no step's attempt is counted. Only a line that broke
 * counts, for this run may be what breaks it; while the route is down (`isDown`) nobody's dispatches are sent at all.
 */
export function decideTransport(situation: Situation, end: Unanswered, isDown: boolean): Outcome {
  if (end.kind === "broken" && end.reason === "too-large") return answerTooLarge(end.detail);
  const attempt = situation.transportAttempt + 1;
  return againLater(situation, {
    detail: end.detail,
    reason: reasonOf(end),
    isBroken: end.kind === "broken",
    isCounted: isGone(end),
    retryMs: delayMs(end, attempt, situation.random(), isDown),
  });
}

interface Trouble {
  readonly detail: string;
  readonly reason: string;
  /** Code perhaps ran, so it is not tried for ever. */
  readonly isBroken: boolean;
  /** Nothing ran, but the next pause hangs on how often it was so. */
  readonly isCounted: boolean;
  readonly retryMs: number;
}

function againLater(
  situation: Situation,
  { detail, reason, isBroken, isCounted, retryMs }: Trouble,
): Outcome {
  const attempt = situation.transportAttempt + 1;
  if (isBroken && attempt > BROKEN_MAX) {
    return pause(
      "TransportError",
      `paused: ${attempt} dispatches in a row ended without an answer, the last one so: ${detail} Mend the app or its route, then resume.`,
    );
  }
  const draft = new OutcomeDraft();
  const failure = JSON.stringify({ name: "TransportError", message: detail, reason });
  draft.attempts.push({ stepId: null, attempt, outcome: "transport", failure });
  return draft.finish("wait", {
    runAttempt: situation.runAttempt,
    transportAttempt: isBroken || isCounted ? attempt : situation.transportAttempt,
    retryMs,
  });
}

/**
 * The app gave the dispatch up because an engine called its fence old. Mostly that is so, and this is never committed.
 * If the lease is still ours, it was another engine that said so, at the address the app has for ours: a broken line.
 */
export function decideAbandoned(situation: Situation): Outcome {
  const attempt = situation.transportAttempt + 1;
  return againLater(situation, {
    detail:
      "The app gave up because an engine refused its checkpoint. Does its DURABLE_URL lead to this engine?",
    reason: "abandoned",
    isBroken: true,
    isCounted: false,
    retryMs: transportDelayMs(attempt, situation.random()),
  });
}

/** An answer that is signed but makes no sense: the SDK or somebody between is broken. Retried like a failure. */
export function decideProtocolError(situation: Situation, code: string, detail: string): Outcome {
  const outcome = decideError(situation, { name: "ProtocolError", message: detail, code });
  return {
    ...outcome,
    attempts: outcome.attempts.map((attempt) => ({ ...attempt, outcome: "protocol" as const })),
  };
}

function delayMs(end: Unanswered, attempt: number, random: number, isDown: boolean): number {
  // Also while the route is down: what broke it may be this run, and others go first when it is back.
  if (end.kind === "broken") return end.retryAfterMs ?? transportDelayMs(attempt, random);
  if (isDown) return FROZEN_MS;
  if (isGone(end))
    return Math.min(GONE_MS_MAX, GONE_MS_MIN * 2 ** Math.min(attempt - 1, 20)) * (0.5 + random / 2);
  if (end.kind === "never-arrived") return BACK_AT_ONCE_MS;
  return end.retryAfterMs ?? REFUSED_MS * (0.5 + random / 2);
}

function isGone(end: Unanswered): boolean {
  return end.kind === "never-arrived" && end.reason === "deployment";
}

function reasonOf(end: Unanswered): string {
  return end.kind === "refused" ? `status ${end.status}` : end.reason;
}
