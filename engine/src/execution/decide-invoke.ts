import type { InvokeOp } from "@durable/protocol/wire";
import { nearNames } from "../domain/near-names.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { schemaFlaws, sentenceOfFlaws } from "../registry/json-schemas.ts";
import { journalEntry, rawText } from "./journal-entry.ts";
import type { OutcomeDraft } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

/** A child of a child of a child: what goes deeper has forgotten to stop. */
export const DEPTH_MAX = 100;

/** The cause of every child: an event that starts its function and no other. */
const CAUSE = "durable.invoke";

/**
 * A child is a run that is started in its parent's own commit, by an event of its own: there is no parent without its
 * child, nor a child without its parent. Its id is its event's.
 */
export function decideInvoke(situation: Situation, op: InvokeOp, draft: OutcomeDraft): void {
  const data = rawText(op.input) ?? "null";
  const target = situation.functions.get(op.fn);
  const refusal = refusalOf(situation, op, target, data);
  if (refusal !== null) {
    draft.steps.push(
      journalEntry(op, { status: "err", failure: JSON.stringify({ ...refusal, retry: false }) }),
    );
    return;
  }
  const child = situation.newEventId();
  const kind = op.spawn ? "spawn" : "invoke";
  draft.sends.push({ eventId: child, clientId: null, name: CAUSE, data, timeMs: null, target: op.fn });
  draft.effects.push({
    kind: "child",
    stepId: op.id,
    data: JSON.stringify({
      run: child,
      kind,
      on_cancel: op.on_cancel ?? "cascade",
      depth: situation.depth + 1,
    }),
  });
  draft.steps.push(
    op.spawn
      ? journalEntry(op, { status: "ok", value: JSON.stringify(child) })
      : journalEntry(op, { status: "pending", dueMs: op.timeout_ms ?? null }),
  );
}

interface Refusal {
  readonly name: string;
  readonly message: string;
}

/** Nothing of this mends itself, so the step fails at once and user code may catch it. */
function refusalOf(
  { app, depth, functions }: Situation,
  op: InvokeOp,
  target: FunctionEntry | undefined,
  data: string,
): Refusal | null {
  if (op.app !== undefined && op.app !== app) {
    return {
      name: "ForeignAppError",
      message: `Step "${op.name}" invokes "${op.fn}" of app "${op.app}", and this run belongs to "${app}". A function can invoke those of its own app only; send an event to the other one.`,
    };
  }
  if (target === undefined) {
    const near = nearNames(op.fn, functions.keys()).map((id) => `"${id}"`);
    const hint = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
    return {
      name: "UnknownFunctionError",
      message: `Step "${op.name}" invokes "${op.fn}", and app "${app}" has no such function.${hint} Is it among the functions that the app serves, and was the app synced since?`,
    };
  }
  if (depth >= DEPTH_MAX) {
    return {
      name: "TooDeepError",
      message: `Step "${op.name}" invokes "${op.fn}" ${DEPTH_MAX} levels below the run that began it. A function that invokes itself must know when to stop; spread the work with events instead.`,
    };
  }
  const flaws = target.input === null ? [] : schemaFlaws(target.input, data);
  if (flaws.length === 0) return null;
  return {
    name: "InputError",
    message: `Step "${op.name}" gives "${op.fn}" an input that does not fit it: ${sentenceOfFlaws(flaws)}`,
  };
}
