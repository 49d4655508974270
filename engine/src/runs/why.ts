// "Why is it where it is?" in one sentence, from what is stored: the first thing to read when a run does not move.
import type { BeginCause } from "../domain/begin.ts";
import { whatIsPaused } from "../domain/pause.ts";
import { describeProgress } from "../domain/progress.ts";
import type { RunWait } from "../store/run-waits.ts";
import type { RunStatus } from "../store/runs-listing.ts";
import type {
  AskedStored,
  HeartbeatStored,
  RunStored,
  StepStored,
  WaitStored,
} from "../store/runs-listing-detail.ts";
import type { CircuitShown } from "../store/workspaces.ts";
import { type WaitAtGate, whyGate } from "./why-gate.ts";

export function whyRun(run: RunStored): string {
  return WHY[run.status](run);
}

const WHY: Record<RunStatus, (run: RunStored) => string> = {
  queued: ({ id, live, wait }) =>
    wait?.pause
      ? `It is held, because ${whyHeld(wait.pause)}.`
      : isGateWait(wait)
        ? `It waits for ${whyGate(wait, id)}.`
        : live?.circuit
          ? whyHeldBack(live.circuit)
          : `It is ready since ${live?.ready_at} and waits for a free slot of a live engine.`,
  running: ({ live, heartbeats }) => {
    const engine = live?.engine;
    const where = engine ? `Engine ${engine.id} (process ${engine.pid} on ${engine.host})` : "An engine";
    const again =
      live !== null && live.transport_attempt > 0
        ? `, after ${live.transport_attempt} without a usable answer`
        : "";
    const then = live?.pausing
      ? " It pauses as soon as that call is recorded."
      : live?.moving
        ? " It lets go as soon as that call is recorded, because it was moved or paused with others."
        : "";
    return `${where} is calling the app${again}.${whatStepsSay(heartbeats)}${then}`;
  },
  waiting: (run) => {
    if (run.live?.begin) return whyAsleep(run.live.begin);
    const pending = run.steps
      .filter((step) => step.seq === null && step.status !== "cancelled")
      // What a limit holds back is what people look for first.
      .sort((a, b) => Number(gateOf(b, run) !== null) - Number(gateOf(a, run) !== null))
      .map((step) => whyStep(step, run));
    if (run.live?.retry_at) pending.push(whyAgain(run, run.live));
    return pending.length === 0
      ? "It waits, and nothing pending says for what: this is a mistake of the engine, please report it."
      : `It waits: ${pending.slice(0, SHOWN_MAX).join("; ")}${pending.length > SHOWN_MAX ? `; and ${pending.length - SHOWN_MAX} more` : ""}.`;
  },
  paused: ({ failure, live }) => {
    const ending =
      live?.ending === null || live?.ending === undefined
        ? ""
        : ` (while it undid its steps, ${live.ending})`;
    return `It is paused until a person acts${ending}: ${sentenceOf(failure)} It goes on after POST .../runs/{id}/resume or "durable runs resume".`;
  },
  failing: (run) =>
    `It has failed and undoes its steps: ${whyUndo(run)} It failed with ${sentenceOf(run.failure)}`,
  cancelling: (run) => `It is cancelled and undoes its steps: ${whyUndo(run)}`,
  completed: ({ ended_at, unclaimed }) => `It completed at ${ended_at}.${whatWasUnclaimed(unclaimed)}`,
  failed: (run) => {
    const undone = whatWasUndone(run);
    const sentence = sentenceOf(run.failure);
    return `It failed at ${run.ended_at}: ${sentence}${undone === "" || /[.!?]$/.test(sentence) ? "" : "."}${undone}`;
  },
  cancelled: (run) => {
    const { ended_at, cancelled } = run;
    const reason = cancelled?.reason ? ` (${cancelled.reason})` : "";
    return `It was cancelled at ${ended_at} by ${cancelled?.by ?? "somebody"}${reason}.${whatWasUndone(run)}`;
  },
};

const WHY_ASLEEP: Record<BeginCause, string> = {
  delay: "its event was sent to begin then",
  jitter: "its schedule spreads the starts of its ticks",
  debounce: "it is debounced, and another event of its key moves it on",
  batch: "it collects events until then, or until its batch is full",
  "rate-limit": "the rate limit of its function has no room before",
};

function whyAsleep({ at, cause }: { readonly at: string; readonly cause: BeginCause }): string {
  return `It begins at ${at}: ${WHY_ASLEEP[cause]}. "durable runs begin" begins it at once.`;
}

const SHOWN_MAX = 3;
/** Characters of what a step says. */
const SAID_MAX = 200;

/** Of an endpoint that is down or busy. */
export function whyHeldBack({ state, since, frozen_runs, next_probe_at, last_error }: CircuitShown): string {
  const runs = frozen_runs === 1 ? "1 run is" : `${frozen_runs.toLocaleString("en-US")} runs are`;
  return state === "open"
    ? `The app's endpoint has not answered since ${since}: ${runs} frozen, 0 retries are used up, and it is asked again at ${next_probe_at}. Last error: ${last_error}`
    : `The app's endpoint gets a few requests at a time since ${since}, after: ${last_error} Its turn comes; 0 retries are used up.`;
}

/** Of steps that run in the call that is under way. */
function whatStepsSay(heartbeats: readonly HeartbeatStored[]): string {
  const said = heartbeats
    .slice(0, SHOWN_MAX)
    .map((each) => ` Step ${JSON.stringify(each.name)} ${saidBy(each)}.`);
  return said.join("");
}

function saidBy({ progress, at }: HeartbeatStored): string {
  const said = describeProgress(progress === null ? null : JSON.parse(progress));
  return `said at ${at}: ${cut(said)}`;
}

function whyHeld({
  kind,
  function: functionId,
  key,
  by,
  since,
  reason,
  id,
}: NonNullable<RunWait["pause"]>): string {
  const said = reason === null ? "" : ` (${reason})`;
  return `${whatIsPaused({ kind, functionId, key })} is paused by ${by} since ${since}${said}; durable resume ${id} lets it go on`;
}

function isGateWait(wait: RunWait | null): wait is WaitAtGate {
  return wait !== null && wait.gate !== null;
}

function gateOf(step: StepStored, { wait }: RunStored): WaitAtGate | null {
  return isGateWait(wait) && wait.step?.id === step.id ? wait : null;
}

function whyStep(step: StepStored, run: RunStored): string {
  const { children, heartbeats } = run;
  const name = JSON.stringify(step.name);
  const { wait } = run;
  if (wait?.pause && wait.step?.id === step.id) return `step ${name} is held, because ${whyHeld(wait.pause)}`;
  const atGate = gateOf(step, run);
  if (atGate !== null) {
    const more = atGate.jobs - 1;
    return `step ${name} waits for ${whyGate(atGate, run.id)}${more === 0 ? "" : `; ${more} more of its steps ${more === 1 ? "waits" : "wait"} at limits`}`;
  }
  const beat = heartbeats.find((each) => each.step === step.id);
  if (beat !== undefined) return `step ${name} ${saidBy(beat)}`;
  if (step.status === "retrying")
    return `step ${name} is tried again at ${step.due_at}, as attempt ${step.attempt + 1}${lastly(step.failure)}`;
  if (step.op === "sleep") return `${name} sleeps until ${step.due_at}`;
  if (step.wait !== null) {
    const timeout = step.due_at === null ? "" : ` until ${step.due_at}`;
    return `${name} waits for ${whatFor(step.wait)}${timeout}`;
  }
  if (step.input !== null) return `${name} waits for ${whoFor(step.input)} until ${step.due_at}`;
  const child = children.find((each) => each.step === step.id);
  if (child !== undefined) {
    const timeout = step.due_at === null ? "" : ` until ${step.due_at}`;
    return `${name} waits for run ${child.run} of ${functionIn(child)}, which is ${child.status}${timeout}`;
  }
  return `${name} (${step.op}) is pending`;
}

function functionIn({ app, function: id }: RunStored["children"][number]): string {
  return app === null ? `"${id}"` : `"${id}" of app "${app}"`;
}

/** What the run itself waits for, and what came of its last call. */
function whyAgain(
  { attempts }: RunStored,
  { run_attempt, transport_attempt, retry_at }: NonNullable<RunStored["live"]>,
): string {
  const last = attempts.findLast(({ step_id, outcome }) => /^0+$/.test(step_id) && outcome !== "late");
  if (last?.outcome !== "transport") {
    return `the function is tried again at ${retry_at}, after ${times(run_attempt)} failed${lastly(last?.failure)}`;
  }
  const { message, reason } = JSON.parse(last.failure ?? "{}") as { message?: string; reason?: string };
  // A deployment that is gone: a person may have to act.
  if (reason === "deployment") return `${message} Otherwise the app is called again at ${retry_at}`;
  // What the app does not take is not counted.
  const count = Math.max(1, transport_attempt);
  return `the app is called again at ${retry_at}, after ${times(count)} without a usable answer${saying(message)}`;
}

function lastly(failure: string | null | undefined): string {
  return failure == null ? "" : saying(sentenceOf(failure));
}

function saying(sentence: string | undefined): string {
  if (sentence === undefined) return "";
  return ` (${cut(sentence).replace(/\.$/, "")})`;
}

function cut(text: string): string {
  return text.length > SAID_MAX ? `${text.slice(0, SAID_MAX)}…` : text;
}

function whyUndo({ compensated, to_undo, steps, live }: RunStored): string {
  const done = `${compensated} undone, ${to_undo} to go.`;
  const retry = steps.find((step) => step.op === "compensate" && step.status === "retrying");
  if (retry !== undefined) {
    return `${done} Undoing ${JSON.stringify(retry.name)} failed in attempt ${retry.attempt}${lastly(retry.failure)} and is tried again at ${retry.due_at}.`;
  }
  if (live?.retry_at && live.transport_attempt > 0) {
    return `${done} The app is called again at ${live.retry_at}, after ${times(live.transport_attempt)} without a usable answer.`;
  }
  return done;
}

function whatWasUndone({ compensated, to_undo }: RunStored): string {
  const left =
    to_undo === 0
      ? ""
      : to_undo === 1
        ? " 1 step that could be undone was left as it is."
        : ` ${steps(to_undo)} that could be undone were left as they are.`;
  return `${compensated === 0 ? "" : ` ${steps(compensated)} undone.`}${left}`;
}

/** The sign of code that changed under a run without that anything contradicted the journal. */
function whatWasUnclaimed(count: number | null): string {
  if (!count) return "";
  const results = count === 1 ? "1 recorded result was" : `${count} recorded results were`;
  return ` ${results} not asked for by the code that ended it: a step was renamed or removed while the run was under way, and what took its place ran as a new step.`;
}

function steps(count: number): string {
  return count === 1 ? "1 step" : `${count} steps`;
}

function whatFor({ mode, events }: WaitStored): string {
  const missing = events
    .filter(({ event_id }) => event_id === null)
    .map(({ key, event, match, if: condition }) => {
      const matching = match === "{}" ? "" : ` that matches ${match}`;
      const holding = condition === null ? "" : `${match === "{}" ? "" : " and"} for which ${condition}`;
      const named = mode === "signal" ? "the signal" : `an event "${event}"`;
      return `${key === "" ? "" : `${JSON.stringify(key)}: `}${named}${matching}${holding}`;
    });
  const several =
    mode === "any" ? "any of " : mode === "all" ? `all of ${events.length} events, still missing ` : "";
  const capped = events.some(({ look_back }) => look_back === "capped")
    ? " (its look-back ended before the end of the past, which is too long: say a shorter lookBack)"
    : "";
  return `${several}${missing.join(", ")}${capped}`;
}

/** A person: whom, since when they were reminded, and where to answer. */
function whoFor({ id, kind, assignee, reminded_at, escalated_at }: AskedStored): string {
  const what = kind === "approval" ? "the approval of" : "the input of";
  const told =
    escalated_at !== null
      ? `, who is asked since ${escalated_at}`
      : reminded_at !== null
        ? `, reminded at ${reminded_at}`
        : "";
  return `${what} ${assignee ?? "anybody"}${told} (input ${id})`;
}

function times(count: number): string {
  return count === 1 ? "1 try" : `${count} tries`;
}

/** Failures are JSON as user code or the engine wrote them; what has no message is shown as it is. */
function sentenceOf(failure: string | null): string {
  if (failure === null) return "no reason was recorded.";
  try {
    const { name, message } = JSON.parse(failure) as { name?: unknown; message?: unknown };
    if (typeof message === "string") return `${typeof name === "string" ? `${name}: ` : ""}${message}`;
  } catch {
    // Shown as text below.
  }
  return failure;
}
