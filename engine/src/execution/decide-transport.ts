import { transportDelayMs } from "../domain/backoff.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { DispatchResult } from "../endpoint/dispatch-result.ts";
import { decideError, type Situation } from "./decide.ts";
import { OutcomeDraft, pause } from "./outcome-draft.ts";

/** Dispatches whose fate is unknown, in a row, before a person is asked. With 10 s between them: some minutes. */
const BROKEN_MAX = 50;
/** The app is there but does not take the request: a deploy, a rotated secret, a removed function. */
const REFUSED_MS = 5_000;

type Unanswered = Exclude<DispatchResult, { kind: "answer" }>;

/** A dispatch that brought no answer. User code is not to blame: no step's attempt is counted. */
export function decideTransport(situation: Situation, end: Unanswered): Outcome {
  const attempt = situation.transportAttempt + 1;
  return againLater(situation, {
    detail: end.detail,
    reason: reasonOf(end),
    isBroken: end.kind === "broken",
    retryMs: delayMs(end, attempt, situation.random()),
  });
}

interface Trouble {
  readonly detail: string;
  readonly reason: string;
  /** Code perhaps ran, so it is not tried for ever. */
  readonly isBroken: boolean;
  readonly retryMs: number;
}

function againLater(situation: Situation, { detail, reason, isBroken, retryMs }: Trouble): Outcome {
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
  return draft.finish("wait", { runAttempt: situation.runAttempt, transportAttempt: attempt, retryMs });
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

function delayMs(end: Unanswered, attempt: number, random: number): number {
  if (end.kind === "never-arrived") {
    // Surely not processed: once at once, then with the back-off, or a stopped app would be a hot loop.
    return attempt === 1 ? 1 : transportDelayMs(attempt, random);
  }
  if (end.retryAfterMs !== null) return end.retryAfterMs;
  return end.kind === "refused" ? REFUSED_MS * (0.5 + random / 2) : transportDelayMs(attempt, random);
}

function reasonOf(end: Unanswered): string {
  return end.kind === "refused" ? `status ${end.status}` : end.reason;
}
