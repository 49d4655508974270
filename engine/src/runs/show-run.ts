import { type CallAnswer, RawJson, writeJson } from "@durable/protocol/wire";
import { groupBy } from "../domain/group-by.ts";
import { Problem } from "../domain/problems.ts";
import type { RunState } from "../store/run-states.ts";
import type { RunWait } from "../store/run-waits.ts";
import type { RunListed } from "../store/runs-listing.ts";
import type { AttemptStored, RunStored, StepStored } from "../store/runs-listing-detail.ts";
import { whyRun } from "./why.ts";

/** A run as the API shows it. What apps and senders wrote is passed on as text, never read. */
export function showRun(run: RunStored, workspace: { readonly app: string; readonly environment: string }) {
  return {
    id: run.id,
    rev: run.rev,
    ...workspace,
    function: run.function_id,
    function_version: run.function_version,
    status: run.status,
    why: whyRun(run),
    created_at: run.created_at,
    ended_at: run.ended_at,
    event: { ...run.event, data: new RawJson(run.event.data) },
    output: asReceived(run.output),
    failure: asReceived(run.failure),
    error: run.error,
    deployments: run.deployments,
    state: asReceived(run.state),
    unclaimed: run.unclaimed,
    compensated: run.compensated,
    parent: run.parent,
    children: run.children,
    origin: run.origin,
    reruns: run.reruns,
    cancelled: run.cancelled,
    wait: showWait(run.wait),
    live: run.live,
    last_dispatch: run.last_dispatch,
    heartbeats: run.heartbeats.map((each) => ({ ...each, progress: asReceived(each.progress) })),
    detours: run.detours,
    steps: showSteps(run),
    attempts: attemptsOfRun(run).map(showAttempt),
  };
}

/** A run as lists show it. */
export function showListed(run: RunListed) {
  return { ...run, wait: showWait(run.wait) };
}

/** What came of a run, without how. */
export function showResult({ status, output, failure, state }: RunState) {
  return { status, output: asReceived(output), failure: asReceived(failure), state: asReceived(state) };
}

/** What came of a call or a query. */
export function showCalled(answer: CallAnswer) {
  const app_ms = answer.app_ms ?? null;
  switch (answer.status) {
    case "done":
      return {
        status: "completed",
        output: (answer.output as RawJson | undefined) ?? null,
        failure: null,
        app_ms,
      } as const;
    case "error":
      return {
        status: "failed",
        output: null,
        failure: new RawJson(writeJson(answer.error)),
        app_ms,
      } as const;
    case "unknown_query":
      throw new Problem("app-failed", "The app answered a call as if it were a query. Its SDK is broken.");
  }
}

/** Each with its own attempts: a run may have tens of thousands of both. */
function showSteps({ steps, attempts }: RunStored) {
  const tries = groupBy(attempts, ({ step_id }) => step_id);
  return steps.map((step) => showStep(step, tries.get(step.id) ?? []));
}

function showStep(step: StepStored, attempts: readonly AttemptStored[]) {
  return {
    ...step,
    value: asReceived(step.value),
    failure: asReceived(step.failure),
    wait: step.wait === null ? null : { ...step.wait, events: step.wait.events.map(withMatch) },
    attempts: attempts.map(showAttempt),
  };
}

function showWait(wait: RunWait | null) {
  if (wait === null) return null;
  const { gate, pause, events } = wait;
  return {
    ...wait,
    gate: gate === null ? null : { ...gate, key: asReceived(gate.key) },
    pause: pause === null ? null : { ...pause, key: asReceived(pause.key) },
    events: events?.map(withMatch) ?? null,
  };
}

function withMatch<Of extends { readonly match: string }>(event: Of) {
  return { ...event, match: new RawJson(event.match) };
}

/** Of the run itself, and late results of steps that have no entry. */
export function attemptsOfRun({ steps, attempts }: RunStored): AttemptStored[] {
  const known = new Set(steps.map(({ id }) => id));
  return attempts.filter(({ step_id }) => !known.has(step_id));
}

function showAttempt({ step_id: _, failure, value, ...attempt }: AttemptStored) {
  return { ...attempt, failure: asReceived(failure), value: asReceived(value) };
}

/** An undefined result has no text: it is shown as null. */
function asReceived(text: string | null): RawJson | null {
  return text === null ? null : new RawJson(text);
}
