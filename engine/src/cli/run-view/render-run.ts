import type { RunStatus } from "../../domain/run-status.ts";
import { formatDuration } from "../terminal/duration.ts";
import { fit, oneLine, padEnd, widthOf } from "../terminal/fit.ts";
import type { Paint } from "../terminal/paint.ts";
import { childRun, type Drawing, describeStep, type StepLine } from "./render-step.ts";
import { type FrozenView, hasEnded, type RunView } from "./run-view.ts";

const NAME_COLUMNS_MAX = 28;

/** A run as a tree of lines, none wider than `width`. Pure: the same run at the same instant is the same text. */
export function renderRun(run: RunView, drawing: Drawing & { readonly width: number }): string[] {
  const steps = run.steps.map((step) => describeStep(step, drawing));
  const last = lastLine(run, drawing);
  const rows = last === null ? steps : [...steps, last];
  const nameColumns = Math.min(NAME_COLUMNS_MAX, Math.max(0, ...steps.map(({ name }) => widthOf(name))));
  const branches = rows.map((row, index) => {
    const branch = index === rows.length - 1 ? "└─" : "├─";
    return `${drawing.paint.dim(branch)} ${row.mark} ${padEnd(fit(row.name, NAME_COLUMNS_MAX), nameColumns)}  ${row.what}`;
  });
  return [
    title(run, drawing),
    ...familyLines(run, drawing),
    ...stateLine(run, drawing),
    ...detourLines(run, drawing),
    ...lateLines(run, drawing),
    ...branches,
  ].map((line) => fit(line.trimEnd(), drawing.width));
}

/** `⠹ onboarding  waiting  3.2 s  0192f0c1-…` */
export function title(run: RunView, drawing: Drawing): string {
  const { paint } = drawing;
  const mark = hasEnded(run) || run.status === "paused" ? STATUS_MARK[run.status] : drawing.spinner;
  const colour = statusPaint(run.status, paint);
  const tookMs = (run.endedAtMs ?? drawing.nowMs) - run.createdAtMs;
  const parts = [
    paint.bold(oneLine(run.functionId)),
    colour(run.status),
    formatDuration(tookMs),
    paint.dim(`run ${run.id}`),
  ];
  return `${colour(mark)} ${parts.join("  ")}`;
}

/** Who started it, and who takes care of its failure. */
function familyLines({ parentId, origin, reruns, failureHandler }: RunView, { paint }: Drawing): string[] {
  const lines = [];
  if (parentId !== null) lines.push(`started by run ${parentId}`);
  if (origin !== null) lines.push(`goes over run ${origin.id} again, with ${resultsOf(origin.kept)} of it`);
  for (const { id, status } of reruns) lines.push(`was run again as run ${id}, which is ${status}`);
  if (failureHandler !== null) lines.push(`its onFailure is ${childRun(failureHandler)}`);
  return lines.map((line) => `${paint.dim("│")}  ${paint.dim(line)}`);
}

function resultsOf(count: number): string {
  return count === 1 ? "1 result" : `${count} results`;
}

function stateLine({ state }: RunView, { paint }: Drawing): string[] {
  return state === null ? [] : [`${paint.dim("│")}  ${paint.dim("state")} ${oneLine(state)}`];
}

/** `│  ! took another way than recorded: left out charge, began refund at src/trip.ts:12:9` */
function detourLines({ detours }: RunView, { paint }: Drawing): string[] {
  return detours.map(({ left, began, place, isCertain }) => {
    const instead = began === null ? "" : `, began ${oneLine(began)}${place === null ? "" : ` at ${place}`}`;
    const what = `${isCertain ? "took" : "may have taken"} another way than recorded: left out ${oneLine(left)}${instead}`;
    return `${paint.dim("│")}  ${paint.yellow(`! ${what}`)}`;
  });
}

/** `│  ! too late: charge, attempt 1, returned {"charge":"ch_1"}; nobody waited for it any more` */
function lateLines({ late }: RunView, { paint }: Drawing): string[] {
  return late.map(({ name, attempt, failure, value }) => {
    const said = failure === null ? `returned ${oneLine(value ?? "nothing")}` : `failed: ${oneLine(failure)}`;
    const what = `too late: ${oneLine(name)}, attempt ${attempt}, ${said}; nobody waited for it any more`;
    return `${paint.dim("│")}  ${paint.yellow(`! ${what}`)}`;
  });
}

const STATUS_MARK: Record<RunStatus, string> = {
  queued: "·",
  running: "●",
  waiting: "◇",
  paused: "‖",
  failing: "↺",
  cancelling: "↺",
  completed: "✓",
  failed: "✗",
  cancelled: "⊘",
};

export function statusPaint(status: RunStatus, paint: Paint): (text: string) => string {
  const colours: Record<RunStatus, (text: string) => string> = {
    queued: paint.dim,
    running: paint.cyan,
    waiting: paint.cyan,
    paused: paint.yellow,
    failing: paint.red,
    cancelling: paint.yellow,
    completed: paint.green,
    failed: paint.red,
    cancelled: paint.yellow,
  };
  return colours[status];
}

/** What there is to say below the last recorded step; null when the steps say it all. */
function lastLine(run: RunView, drawing: Drawing): StepLine | null {
  const { paint, spinner } = drawing;
  if (run.retry !== null && !hasEnded(run)) {
    const leftMs = run.retry.dueAtMs - drawing.nowMs;
    const when = leftMs > 0 ? `called again in ${formatDuration(leftMs)}` : "called again now";
    return {
      mark: paint.yellow("↻"),
      name: "your app",
      what: paint.yellow(`${when}: ${oneLine(run.retry.failure)}`),
    };
  }
  if (run.frozen !== null) {
    return { mark: paint.yellow("‖"), name: "your app", what: paint.yellow(frozenLine(run.frozen, drawing)) };
  }
  switch (run.status) {
    case "completed":
      return { mark: paint.green("✓"), name: "returned", what: paint.dim(oneLine(run.output ?? "nothing")) };
    case "failed":
      return {
        mark: paint.red("✗"),
        name: "failed",
        what: paint.red(oneLine(run.failure ?? "without a message")),
      };
    case "cancelled":
      return { mark: paint.yellow("⊘"), name: "cancelled", what: "" };
    case "paused":
      return {
        mark: paint.yellow("‖"),
        name: "paused",
        what: paint.yellow(`needs attention: ${oneLine(run.failure ?? "no reason was recorded")}`),
      };
    case "failing":
    case "cancelling":
      return { mark: paint.yellow(spinner), name: "", what: paint.yellow("undoing its completed steps") };
    case "running":
      return { mark: paint.cyan(spinner), name: "", what: paint.cyan("your app is working on it") };
    case "queued":
      return { mark: paint.dim(spinner), name: "", what: paint.dim("queued, an engine takes it up next") };
    case "waiting":
      return null;
  }
}

function frozenLine(
  { isDown, sinceMs, runCount, probeAtMs, failure }: FrozenView,
  { nowMs }: Drawing,
): string {
  const since = formatDuration(nowMs - sinceMs);
  if (!isDown) return `is sent a few requests at a time, for ${since} now: ${oneLine(failure)}`;
  const runs = runCount === 1 ? "1 run" : `${runCount.toLocaleString("en-US")} runs`;
  const leftMs = probeAtMs - nowMs;
  const next = leftMs > 0 ? `in ${formatDuration(leftMs)}` : "now";
  return `has not answered for ${since}; ${runs} frozen, 0 retries used up; asked again ${next}: ${oneLine(failure)}`;
}
