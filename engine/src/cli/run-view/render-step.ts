import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";
import type { Paint } from "../terminal/paint.ts";
import type { ChildView, InputView, StepView } from "./run-view.ts";

/** What a renderer needs to know besides the run. `nowMs` is the engine's clock; `spinner` the frame to show. */
export interface Drawing {
  readonly nowMs: number;
  readonly paint: Paint;
  readonly spinner: string;
}

export interface StepLine {
  readonly mark: string;
  readonly name: string;
  readonly what: string;
}

/** One step as mark, name and what there is to say about it. */
export function describeStep(step: StepView, drawing: Drawing): StepLine {
  const name = step.op === "compensate" ? `undo ${oneLine(step.name)}` : oneLine(step.name);
  const line = (mark: string, what: string): StepLine => ({ mark, name, what });
  const { paint } = drawing;
  if (step.beat !== null) {
    const ago = formatDuration(Math.max(0, drawing.nowMs - step.beat.atMs));
    return line(
      paint.cyan(drawing.spinner),
      paint.cyan(`${oneLine(step.beat.said)} (${ago} ago)${tries(step)}`),
    );
  }
  switch (step.status) {
    case "retrying":
      return line(paint.yellow("↻"), paint.yellow(retrying(step, drawing)));
    case "err":
      return line(paint.red("✗"), paint.red(`failed${tries(step)}${quoted(step.failure)}`));
    case "pending":
      return step.op === "sleep"
        ? line(paint.cyan("◷"), paint.cyan(sleeping(step, drawing)))
        : line(paint.cyan(ASKS.has(step.op) ? "◇" : drawing.spinner), paint.cyan(pending(step, drawing)));
    case "cancelled":
      return line(paint.dim("–"), paint.dim("cancelled: nothing waits for it any more"));
    case "ok":
      return line(paint.green("✓"), paint.dim(settled(step)));
  }
}

function sleeping(step: StepView, { nowMs }: Drawing): string {
  const leftMs = (step.dueAtMs ?? nowMs) - nowMs;
  return leftMs > 0
    ? `sleeping, ${formatDuration(leftMs)} left; nothing is held`
    : "sleeping is over, waking up";
}

function pending(step: StepView, { nowMs }: Drawing): string {
  if (step.input !== null) return asking(step.input, step.dueAtMs, nowMs);
  if (step.child !== null) return `waiting for ${childRun(step.child)}`;
  if (step.op !== "wait") return PENDING[step.op] ?? "under way";
  const what = step.event === null ? "waiting for an event" : `waiting for ${oneLine(step.event)}`;
  return step.dueAtMs === null ? what : `${what}, for ${formatDuration(step.dueAtMs - nowMs)} at most`;
}

function asking({ id, kind, assignee }: InputView, dueAtMs: number | null, nowMs: number): string {
  const what = kind === "approval" ? "approval" : "input";
  const who = assignee === null ? `somebody's ${what}` : `the ${what} of ${oneLine(assignee)}`;
  const left = dueAtMs === null ? "" : `, for ${formatDuration(dueAtMs - nowMs)} at most`;
  return `waiting for ${who}${left}: durable inputs show ${id}`;
}

/** Of those, somebody outside has the next word. */
const ASKS: ReadonlySet<string> = new Set(["wait", "input", "approval"]);

const PENDING: Record<string, string> = {
  run: "planned",
  fetch: "being fetched by the engine",
  invoke: "waiting for another run",
  signal: "waiting for a signal",
};

function retrying(step: StepView, { nowMs }: Drawing): string {
  // Its run is paused, or it is under way.
  if (step.dueAtMs === null) return `attempt ${step.attempt} failed${quoted(step.failure)}`;
  const leftMs = step.dueAtMs - nowMs;
  const when = leftMs > 0 ? `in ${formatDuration(leftMs)}` : "now";
  return `attempt ${step.attempt} failed, attempt ${step.attempt + 1} ${when}${quoted(step.failure)}`;
}

function settled(step: StepView): string {
  const tookMs = span(step);
  switch (step.op) {
    case "sleep":
      return tookMs === null ? "slept" : `slept ${formatDuration(tookMs)}`;
    case "wait": {
      const after = tookMs === null ? "" : ` after ${formatDuration(tookMs)}`;
      if (step.isResolved === false) return `timed out${after}`;
      return step.event === null ? `resolved${after}` : `${oneLine(step.event)} arrived${after}`;
    }
    case "input":
    case "approval": {
      const after = tookMs === null ? "" : ` after ${formatDuration(tookMs)}`;
      const { answeredBy = null, isApproved = null } = step.input ?? {};
      if (answeredBy === null) return `nobody answered${after}`;
      const did = isApproved === null ? "answered" : isApproved ? "approved" : "rejected";
      return `${did} by ${oneLine(answeredBy)}${after}`;
    }
    case "branch":
      return `took ${oneLine(step.taken ?? "none of its cases")}`;
    case "invoke":
    case "spawn": {
      if (step.child === null) return "done";
      const after = tookMs === null ? "" : `, after ${formatDuration(tookMs)}`;
      return step.op === "invoke" ? `${childRun(step.child)}${after}` : `started ${childRun(step.child)}`;
    }
    case "send":
      return "sent";
    case "join":
      return "decided";
    case "compensate":
      return `undone${tries(step)}`;
    default:
      return `${step.appMs === null ? "done" : formatDuration(step.appMs)}${tries(step)}`;
  }
}

/** `run 0192f0c1-… of checkout, completed` */
export function childRun({ id, functionId, status }: ChildView): string {
  return `run ${id} of ${oneLine(functionId)}, ${status}`;
}

function span(step: StepView): number | null {
  return step.startedAtMs === null || step.settledAtMs === null ? null : step.settledAtMs - step.startedAtMs;
}

function tries(step: StepView): string {
  return step.attempt > 1 ? `, attempt ${step.attempt}` : "";
}

function quoted(message: string | null): string {
  return message === null ? "" : `: ${oneLine(message)}`;
}
