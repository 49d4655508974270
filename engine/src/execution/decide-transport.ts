import { transportDelayMs } from "../domain/backoff.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { DispatchResult } from "../endpoint/dispatch-result.ts";
import { decideError, type Situation } from "./decide.ts";
import { OutcomeDraft, pause } from "./outcome-draft.ts";

/** Dispatches whose fate is unknown, in a row, before a person is asked. With 10 s between them: some minutes. */
const BROKEN_MAX = 50;
/** The app is there but does not take the request: a deploy, a rotated secret, a removed function. */
const REFUSED_MS = 5_000;

/** A dispatch that brought no answer. User code is not to blame: no step's attempt is counted. */
export function decideTransport(
  situation: Situation,
  end: Exclude<DispatchResult, { kind: "answer" }>,
): Outcome {
  const attempt = situation.transportAttempt + 1;
  const failure = JSON.stringify({ name: "TransportError", message: end.detail, reason: reasonOf(end) });
  if (end.kind === "broken" && attempt > BROKEN_MAX) {
    return pause(
      "TransportError",
      `paused: ${attempt} dispatches in a row ended without an answer, the last one so: ${end.detail} Mend the app or its route, then resume.`,
    );
  }
  const draft = new OutcomeDraft();
  draft.attempts.push({ stepId: null, attempt, outcome: "transport", failure });
  return draft.finish("wait", {
    runAttempt: situation.runAttempt,
    transportAttempt: attempt,
    retryMs: delayMs(end, attempt, situation.random()),
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

function delayMs(end: Exclude<DispatchResult, { kind: "answer" }>, attempt: number, random: number): number {
  if (end.kind === "never-arrived") {
    // Surely not processed: once at once, then with the back-off, or a stopped app would be a hot loop.
    return attempt === 1 ? 1 : transportDelayMs(attempt, random);
  }
  if (end.retryAfterMs !== null) return end.retryAfterMs;
  return end.kind === "refused" ? REFUSED_MS * (0.5 + random / 2) : transportDelayMs(attempt, random);
}

function reasonOf(end: Exclude<DispatchResult, { kind: "answer" }>): string {
  return end.kind === "refused" ? `status ${end.status}` : end.reason;
}
