import { describeProgress } from "../../domain/progress.ts";
import type { AnswerOf } from "../../http/contract/table.ts";
import type { BeatView, ChildView, DetourView, InputView, LateView, RunView, StepView } from "./run-view.ts";

type RunAnswer = AnswerOf<"getRun">;
type StepAnswer = RunAnswer["steps"][number];

/** The API's answer as what is drawn. */
export function fromRun(run: RunAnswer): RunView {
  return {
    id: run.id,
    functionId: run.function,
    status: run.status,
    createdAtMs: Date.parse(run.created_at),
    endedAtMs: msOf(run.ended_at),
    parentId: run.parent?.run ?? null,
    origin: run.origin === null ? null : { id: run.origin.run, kept: run.origin.kept },
    reruns: run.reruns.map(({ run: id, status }) => ({ id, status })),
    failureHandler: childOf(run, null),
    steps: [...run.steps.map((step) => fromStep(step, run)), ...firstTime(run)],
    output: run.status === "completed" ? JSON.stringify(run.output) : null,
    state: run.state === null || run.state === undefined ? null : JSON.stringify(run.state),
    failure: messageOf(run.failure),
    retry: retryOf(run),
    frozen: frozenOf(run),
    detours: detoursOf(run),
    late: lateOf(run),
  };
}

/** The run that a step started, or with null the one that its failure did. */
function childOf({ children }: RunAnswer, step: string | null): ChildView | null {
  const child = children.find((each) => each.step === step);
  if (child === undefined) return null;
  const { run: id, app, status } = child;
  const functionId = app === null ? child.function : `${app}/${child.function}`;
  return { id, functionId, status };
}

function beatOf({ heartbeats }: RunAnswer, step: string): BeatView | null {
  const beat = heartbeats.find((each) => each.step === step);
  return beat === undefined ? null : { said: describeProgress(beat.progress), atMs: Date.parse(beat.at) };
}

/** Steps that run for the first time have no entry yet: only what they say is known of them. */
function firstTime(run: RunAnswer): StepView[] {
  const known = new Set(run.steps.map(({ id }) => id));
  return run.heartbeats
    .filter(({ step }) => !known.has(step))
    .map(({ step: id, name }) => ({
      id,
      name,
      op: "run",
      status: "pending",
      attempt: 0,
      dueAtMs: null,
      startedAtMs: null,
      settledAtMs: null,
      appMs: null,
      failure: null,
      beat: beatOf(run, id),
      event: null,
      isResolved: null,
      taken: null,
      child: null,
      input: null,
    }));
}

function fromStep(step: StepAnswer, run: RunAnswer): StepView {
  const isSettledWait = step.op === "wait" && step.status === "ok";
  return {
    id: step.id,
    name: step.name,
    op: step.op,
    status: step.status,
    attempt: step.attempt,
    dueAtMs: msOf(step.due_at),
    startedAtMs: Date.parse(step.received_at ?? step.committed_at),
    settledAtMs: msOf(step.settled_at),
    appMs: step.app_ms,
    failure:
      messageOf(step.failure) ??
      messageOf(
        step.attempts.findLast(({ failure, outcome }) => failure !== null && outcome !== "late")?.failure,
      ),
    beat: beatOf(run, step.id),
    event: step.wait === null ? (isSettledWait ? nameOf(step.value) : null) : namesOf(step.wait),
    isResolved: isSettledWait ? step.event_id !== null : null,
    taken: step.op === "branch" ? takenOf(step.value) : null,
    child: childOf(run, step.id),
    input: step.input === null ? null : inputOf(step.input, step.value),
  };
}

function inputOf(input: NonNullable<StepAnswer["input"]>, value: unknown): InputView {
  const { id, kind, assignee, answered_by: answeredBy } = input;
  const answer = (value as { value?: { approved?: unknown } } | null)?.value;
  const isApproved = kind === "approval" && answeredBy !== null ? answer?.approved === true : null;
  return { id, kind, assignee, answeredBy, isApproved };
}

/** A step that is retried says so itself; this is about calls that failed as a whole. */
function retryOf({ live, attempts }: RunAnswer): RunView["retry"] {
  const dueAtMs = msOf(live?.retry_at ?? null);
  if (live === null || dueAtMs === null || live.run_attempt + live.transport_attempt === 0) return null;
  return {
    dueAtMs,
    failure:
      messageOf(attempts.findLast(({ outcome }) => outcome !== "late")?.failure) ??
      "the last call brought no usable answer",
  };
}

function frozenOf({ live, status }: RunAnswer): RunView["frozen"] {
  const circuit = live?.circuit ?? null;
  if (circuit === null || status !== "queued") return null;
  return {
    isDown: circuit.state === "open",
    sinceMs: msOf(circuit.since) ?? 0,
    runCount: circuit.frozen_runs,
    probeAtMs: msOf(circuit.next_probe_at) ?? 0,
    failure: circuit.last_error ?? "no reason was recorded",
  };
}

function detoursOf({ detours }: RunAnswer): DetourView[] {
  return detours.map(({ name: left, began, frame, certain: isCertain }) => {
    const place = frame?.split("\n", 1)[0] ?? null;
    return { left, began: began.name, place, isCertain };
  });
}

function lateOf({ steps, attempts }: RunAnswer): LateView[] {
  return [...steps.flatMap((step) => step.attempts), ...attempts]
    .filter(({ outcome, name }) => outcome === "late" && name !== null)
    .map(({ name, attempt, failure, value }) => ({
      name: name!,
      attempt,
      failure: messageOf(failure),
      value: value === null || value === undefined ? null : JSON.stringify(value),
    }));
}

function msOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}

function messageOf(failure: { message?: unknown } | null | undefined): string | null {
  return typeof failure?.message === "string" ? failure.message : null;
}

/** The case that a branch took. */
function takenOf(value: unknown): string {
  const taken = typeof value === "object" && value !== null && "taken" in value ? value.taken : null;
  return typeof taken === "string" ? taken : "none of its cases";
}

function namesOf({ mode, events }: NonNullable<StepAnswer["wait"]>): string {
  const missing = events.filter(({ event_id }) => event_id === null).map(({ event }) => event);
  return missing.join(mode === "all" ? " and " : " or ");
}

/** A resolved wait's value is the event. */
function nameOf(value: unknown): string | null {
  return typeof value === "object" && value !== null && "name" in value && typeof value.name === "string"
    ? value.name
    : null;
}
