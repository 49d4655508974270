// Steps local code through what is recorded of a run. Nothing has an effect: recorded results are returned, bodies are not
// run, and nobody is told anything. So it may stop at breakpoints for as long as it likes.
import type { MemoEntry, RecordedOp } from "@durable/protocol/wire";
import { callHandler } from "../execution/call-handler.ts";
import { codeFrame } from "../execution/code-frame.ts";
import type { AskedStep } from "../execution/turn/turn-options.ts";
import { Turn } from "../execution/turn.ts";
import { toJson } from "../execution/value.ts";
import type { DurableFunction } from "../function.ts";
import { withFailureHandlers } from "../on-failure.ts";
import { monotonicMs } from "../runtime/clock.ts";

/** An entry of a run, as `GET .../runs/{id}` shows it. */
export interface RecordedStep {
  readonly id: string;
  /** The entry that stands for it. */
  readonly group: string | null;
  /** Its number in the journal; null while it is open. */
  readonly seq: number | null;
  readonly op: string;
  readonly name: string;
  readonly n: number;
  readonly status: string;
  readonly value?: unknown;
  readonly failure: { readonly name: string; readonly message: string } | null;
}

/** A run, as `GET .../runs/{id}` shows it. */
export interface RecordedRun {
  readonly id: string;
  readonly app: string;
  readonly function: string;
  readonly status: string;
  readonly created_at: string;
  readonly event: {
    readonly id: string;
    readonly name: string;
    readonly data?: unknown;
    readonly time: string;
  };
  readonly output?: unknown;
  readonly steps: readonly RecordedStep[];
}

/** Where code and record part for the first time. */
export interface Divergence {
  /** What happened, in one sentence. */
  readonly message: string;
  /** Where in the code, with the lines around it. */
  readonly frame: string | null;
  /** What the code asked for. */
  readonly asked: { readonly op: string; readonly name: string; readonly n: number } | null;
  /** What is recorded and was not asked for: the first one, by its number in the journal. */
  readonly recorded: {
    readonly seq: number;
    readonly op: string;
    readonly name: string;
    readonly n: number;
  } | null;
}

export interface Replayed {
  /** Recorded results that the code was given, of all that there are. */
  readonly given: number;
  readonly of: number;
  /** How the code ended: it waits for what has no result yet, or it returned or threw. */
  readonly end: "waits" | "returned" | "threw";
  /** Null: the code takes the recorded path. */
  readonly divergence: Divergence | null;
}

/** No turn ends because its time is over: somebody may be looking at a breakpoint. */
const BUDGET_MS = Number.MAX_SAFE_INTEGER;

/**
 * Calls the function from the top with all that is recorded of the run.
 * @throws TypeError when none of the functions is the run's.
 */
export async function replayRun(functions: readonly DurableFunction[], run: RecordedRun): Promise<Replayed> {
  const fn = withFailureHandlers(functions).find(({ id }) => id === run.function);
  if (fn === undefined) {
    const known = functions.map(({ id }) => JSON.stringify(id)).join(", ");
    throw new TypeError(
      `Run ${run.id} is one of "${run.function}", and the functions here are ${known || "none"}.`,
    );
  }
  const journal = shownSteps(run.steps);
  const asked: Asked[] = [];
  const { event } = run;
  const cause = { id: run.id, started_at: run.created_at };
  const turn = new Turn(
    {
      type: "invoke",
      app: run.app,
      fn: fn.id,
      run: cause,
      task: { kind: "advance", fence: "replay" },
      input: { event: { ...event, data: event.data } },
      memo: journal.map(memoEntry),
      memo_next: null,
      attempts: {},
      budget: { ms: BUDGET_MS, steps: 1 },
    },
    monotonicMs(),
    null,
    {
      isReadOnly: true,
      asked: (step, isRecorded) => void asked.push({ ...step, isRecorded, at: new Error() }),
    },
  );
  const end = await turn.run(() =>
    callHandler(fn, { event: { ...event, data: event.data }, run: cause }, turn),
  );
  const settled = journal.filter(({ seq }) => seq !== null);
  const reached = new Set(asked.map(({ id }) => id));
  const given = settled.filter(({ id }) => reached.has(id)).length;
  const isEnd = end.kind === "returned" || end.kind === "threw";
  return {
    given,
    of: settled.length,
    end: isEnd ? end.kind : "waits",
    divergence:
      end.kind === "nondeterministic"
        ? { message: end.message, frame: end.frame, asked: null, recorded: null }
        : firstDivergence(run, { asked, left: settled.find(({ id }) => !reached.has(id)), end }),
  };
}

interface Asked extends AskedStep {
  readonly isRecorded: boolean;
  readonly at: Error;
}

/** Without those that a group stands for, and those that undo others: code is not shown either. */
function shownSteps(steps: readonly RecordedStep[]): RecordedStep[] {
  return steps
    .filter(({ op, group }) => op !== "compensate" && group === null)
    .sort((a, b) => (a.seq ?? Number.POSITIVE_INFINITY) - (b.seq ?? Number.POSITIVE_INFINITY));
}

function memoEntry({ id, op, status, seq, value, failure }: RecordedStep): MemoEntry {
  const entry = { id, op: op as RecordedOp };
  if (seq === null) return { ...entry, st: "pending" };
  if (status === "err") return { ...entry, st: "err", error: failure ?? { name: "Error", message: "" } };
  return value === null || value === undefined ? { ...entry, st: "ok" } : { ...entry, st: "ok", v: value };
}

const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

function firstDivergence(
  run: RecordedRun,
  {
    asked,
    left,
    end,
  }: { asked: readonly Asked[]; left: RecordedStep | undefined; end: Awaited<ReturnType<Turn["run"]>> },
): Divergence | null {
  const fresh = asked.find(({ isRecorded }) => !isRecorded);
  const recorded = left === undefined ? null : { seq: left.seq!, op: left.op, name: left.name, n: left.n };
  const was =
    recorded === null
      ? ""
      : `recorded is entry ${recorded.seq}, ${recorded.op} "${recorded.name}" (${recorded.n}), which it did not ask for`;
  // Where nothing is left out, what is new is the next thing that a live run does.
  if (fresh !== undefined && (recorded !== null || ENDED.has(run.status))) {
    const { op, name, n } = fresh;
    const what = recorded === null ? `the run has ended (${run.status}) without it` : was;
    return {
      message: `The code asks for ${op} "${name}" (${n}), and ${what}.`,
      frame: codeFrame(fresh.at.stack, { isDev: true }),
      asked: { op, name, n },
      recorded,
    };
  }
  if (end.kind === "threw") return threw(run, end.thrown, recorded);
  if (recorded !== null) {
    const how = end.kind === "returned" ? "returns" : "waits for something of its own";
    return { message: `The code ${how}, and ${was}.`, frame: null, asked: null, recorded };
  }
  if (end.kind === "returned" && run.status === "completed" && !isSame(run, end.value)) {
    return {
      message: "The code returns something else than the output that is recorded.",
      frame: null,
      asked: null,
      recorded: null,
    };
  }
  return null;
}

/** What failed may fail again; what did not, did not. */
function threw(
  { status }: RecordedRun,
  thrown: unknown,
  recorded: Divergence["recorded"],
): Divergence | null {
  if (status === "failed" && recorded === null) return null;
  const { message, stack } = thrown instanceof Error ? thrown : { message: String(thrown), stack: undefined };
  return {
    message: `The code throws ${JSON.stringify(message)} outside of any step, and the run did not (${status}).`,
    frame: codeFrame(stack, { isDev: true }),
    asked: null,
    recorded,
  };
}

function isSame({ output }: RecordedRun, value: unknown): boolean {
  const text = toJson("The function returned", value)?.text ?? "null";
  return text === JSON.stringify(output ?? null);
}
