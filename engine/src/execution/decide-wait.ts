import { type Awaited, type SignalOp, SLEEP_MS_MAX, type WaitOp } from "@durable/protocol/wire";
import { readExpression } from "../domain/expressions.ts";
import { SIGNAL_EVENT } from "../domain/signal-event.ts";
import { journalEntry } from "./journal-entry.ts";
import type { OutcomeDraft } from "./outcome-draft.ts";

/** What `durable.effect_wait` reads. */
interface WaitData {
  readonly mode: "event" | "any" | "all" | "signal";
  readonly events: readonly (Pick<Awaited, "event" | "if" | "look_back_ms"> & {
    readonly key: string;
    readonly match: NonNullable<Awaited["match"]>;
  })[];
}

/** A wait that names no timeout gets the longest there is: nothing waits for ever. */
export function decideWait(op: WaitOp, draft: OutcomeDraft): void {
  const { event, match = {}, if: condition, look_back_ms, any, all } = op;
  const several = any ?? all;
  const data: WaitData =
    several === undefined
      ? { mode: "event", events: [{ key: "", event: event!, match, if: condition, look_back_ms }] }
      : {
          mode: any === undefined ? "all" : "any",
          events: several.map((each) => ({ ...each, match: each.match ?? {} })),
        };
  const broken = brokenOf(data);
  if (broken === null) {
    draft.steps.push(journalEntry(op, { status: "pending", dueMs: op.timeout_ms ?? SLEEP_MS_MAX }));
    draft.effects.push({ kind: "wait", stepId: op.id, data: JSON.stringify(data) });
  } else {
    draft.steps.push(journalEntry(op, { status: "err", failure: expressionFailure(broken) }));
  }
}

/** A signal is an event of the engine's, so it is stored, deduplicated and looked back for like one. */
export function decideSignal(op: SignalOp, draft: OutcomeDraft): void {
  const data: WaitData = {
    mode: "signal",
    events: [{ key: "", event: SIGNAL_EVENT, match: { key: op.key } }],
  };
  draft.steps.push(journalEntry(op, { status: "pending", dueMs: op.timeout_ms ?? SLEEP_MS_MAX }));
  draft.effects.push({ kind: "wait", stepId: op.id, data: JSON.stringify(data) });
}

/** Said at once: a wait whose condition can never be evaluated would wait in vain. */
function brokenOf({ events }: WaitData): string | null {
  for (const { if: condition } of events) {
    if (condition === undefined) continue;
    const expression = readExpression(condition, "event and trigger");
    if ("problem" in expression) {
      return `The expression ${JSON.stringify(condition)} cannot be used: ${expression.problem}.`;
    }
  }
  return null;
}

/** A wait's condition that failed, as the error that user code gets. */
export function expressionFailure(message: string): string {
  return JSON.stringify({ name: "ExpressionError", message, retry: false });
}
