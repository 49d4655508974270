import type { InvokeOp } from "@durable/protocol/wire";
import { nearNames } from "../domain/near-names.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { schemaFlaws, sentenceOfFlaws } from "../registry/json-schemas.ts";
import { allows } from "../registry/open-app.ts";
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
  const other = op.app === undefined || op.app === situation.app ? null : op.app;
  const refusal = refusalOf(situation, op, other, data);
  if (refusal !== null) {
    draft.steps.push(journalEntry(op, { status: "err", failure: failureOf(refusal) }));
    return;
  }
  const workspaceId = other === null ? undefined : situation.others!.get(other)!.workspaceId;
  const child = situation.newEventId();
  const kind = op.spawn ? "spawn" : "invoke";
  draft.sends.push({
    eventId: child,
    clientId: null,
    name: CAUSE,
    data,
    timeMs: null,
    target: op.fn,
    ...(workspaceId !== undefined && { across: { workspaceId, stepId: op.id } }),
  });
  draft.effects.push({
    kind: "child",
    stepId: op.id,
    data: JSON.stringify({
      run: child,
      kind,
      on_cancel: op.on_cancel ?? "cascade",
      depth: situation.depth + 1,
      workspace: workspaceId,
    }),
  });
  draft.steps.push(
    op.spawn
      ? journalEntry(op, { status: "ok", value: JSON.stringify(child) })
      : journalEntry(op, { status: "pending", dueMs: op.timeout_ms ?? null }),
  );
}

export interface Refusal {
  readonly name: string;
  readonly message: string;
}

/** JSON text, as entries have it. */
export function failureOf(refusal: Refusal): string {
  return JSON.stringify({ ...refusal, retry: false });
}

/** Nothing of this mends itself, so the step fails at once and user code may catch it. */
function refusalOf(
  { app, environment, depth, functions, others }: Situation,
  op: InvokeOp,
  other: string | null,
  data: string,
): Refusal | null {
  const open = other === null ? undefined : others?.get(other);
  if (other !== null && (open === undefined || !allows(open.allowed, op.fn))) {
    return foreignApp(app, environment, { name: op.name, fn: op.fn, app: other });
  }
  const there = open?.functions ?? functions;
  const target = there.get(op.fn);
  if (target === undefined) return unknownFunction(op, other ?? app, there);
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

/** The same for an app that is not there as for one that says no: who may not invoke it cannot find out what there is. */
export function foreignApp(
  caller: string,
  environment: string,
  { name, fn, app }: { readonly name: string; readonly fn: string; readonly app: string },
): Refusal {
  return {
    name: "ForeignAppError",
    message: `Step "${name}" invokes "${fn}" of app "${app}", and no app "${app}" in "${environment}" allows that to "${caller}". If there is one, whoever administers it allows it with: durable callers allow ${caller} --function ${fn} --app ${app} --env ${environment}`,
  };
}

function unknownFunction(op: InvokeOp, app: string, functions: ReadonlyMap<string, FunctionEntry>): Refusal {
  const near = nearNames(op.fn, functions.keys()).map((id) => `"${id}"`);
  const hint = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
  return {
    name: "UnknownFunctionError",
    message: `Step "${op.name}" invokes "${op.fn}", and app "${app}" has no such function.${hint} Is it among the functions that the app serves, and was the app synced since?`,
  };
}
