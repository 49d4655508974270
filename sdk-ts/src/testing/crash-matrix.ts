import type { DurableFunction } from "../function.ts";
import { CRASH_POINTS, type CrashPoint } from "./crash.ts";
import type { TestKit } from "./kit.ts";
import type { RunState, TestRun, TestStep } from "./test-run.ts";

/** What is run again and again, and what of it is compared. */
export interface CrashMatrixOptions {
  readonly kit: TestKit;
  readonly fn: DurableFunction | string;
  /** The event's data; a function is asked anew for each run. */
  readonly data?: unknown;
  /** What the run needs from outside, such as events it waits for. Called after each start. */
  readonly drive?: ((run: TestRun, kit: TestKit) => Promise<void> | void) | undefined;
  /** Before each run: put back what your steps have changed. */
  readonly before?: (() => Promise<void> | void) | undefined;
  /** After each run: what must be true whatever broke, such as "charged once". */
  readonly after?: ((run: RunState, crash: MatrixCrash | null) => Promise<void> | void) | undefined;
  /** Which crashes; all unless told. */
  readonly points?: readonly CrashPoint[] | undefined;
  /**
   * What is compared of an output or a result. Ids and clocks that your steps read differ from run to run: leave them
   * out here. The ids and times of events and of runs are left out anyway.
   */
  readonly compare?: ((value: unknown, step: TestStep | null) => unknown) | undefined;
}

/** One crash that was tried. */
export interface MatrixCrash {
  readonly step: string;
  readonly n: number;
  readonly point: CrashPoint;
}

/** What was run: as often as there are crashes, and once without. */
export interface CrashMatrixReport {
  /** Of the run without a crash. */
  readonly steps: readonly TestStep[];
  /** Those that happened: at some steps not every one can. */
  readonly crashes: readonly MatrixCrash[];
}

/** A run ended otherwise than the one without a crash. */
export class CrashMatrixError extends Error {
  override readonly name: string = "CrashMatrixError";
  readonly crash: MatrixCrash;
  readonly expected: unknown;
  readonly actual: unknown;

  constructor(crash: MatrixCrash, expected: unknown, actual: unknown) {
    super(
      `After a crash (${crash.point}) at step "${crash.step}" (${crash.n}) the run ended otherwise.\nwithout: ${JSON.stringify(expected)}\nwith:    ${JSON.stringify(actual)}`,
    );
    this.crash = crash;
    this.expected = expected;
    this.actual = actual;
  }
}

/**
 * Runs the function once to learn its steps, then once for each step and each way to break there, and holds every run
 * to the first: the same end, the same recorded steps with the same results.
 * @throws CrashMatrixError at the first difference; whatever `before`, `drive` and `after` throw.
 */
export async function crashMatrix(options: CrashMatrixOptions): Promise<CrashMatrixReport> {
  const { kit, points = CRASH_POINTS } = options;
  const first = await runOnce(options, null);
  const expected = seen(options, first);
  const crashes: MatrixCrash[] = [];
  for (const { id, name: step, n } of first.steps) {
    for (const point of points) {
      const crash: MatrixCrash = { step, n, point };
      const armed = kit.crashAfter({ step, n, id }, point);
      const end = await runOnce(options, crash);
      kit.disarm(armed);
      // The end may be on disk before anybody would have been shown this result.
      if (!armed.hasHappened) continue;
      const actual = seen(options, end);
      if (JSON.stringify(actual) !== JSON.stringify(expected))
        throw new CrashMatrixError(crash, expected, actual);
      crashes.push(crash);
    }
  }
  return { steps: first.steps, crashes };
}

async function runOnce(options: CrashMatrixOptions, crash: MatrixCrash | null): Promise<RunState> {
  const { after, before, data, drive, fn, kit } = options;
  await before?.();
  const run = await kit.start(fn, typeof data === "function" ? data() : data);
  await drive?.(run, kit);
  const end = await run.ended();
  await after?.(end, crash);
  return end;
}

/** What of a result is the same in every run: ids and times that the engine gives are not. */
const STEADY: Readonly<Record<string, (value: unknown) => unknown>> = {
  send: () => null,
  start: () => null,
  wait: (event) => {
    const { name, data } = (event ?? {}) as { name?: unknown; data?: unknown };
    return event === null ? null : { name, data };
  },
  input: answered,
  approval: answered,
  spawn: () => null,
};

function answered(answer: unknown): unknown {
  const { value, by } = (answer ?? {}) as { value?: unknown; by?: unknown };
  return answer === null ? null : { value, by };
}

/** By id, not by the journal's order: steps that run at once may settle in another one. */
function seen({ compare = (value) => value }: CrashMatrixOptions, run: RunState) {
  return {
    status: run.status,
    output: compare(run.output, null),
    failure: failureOf(run),
    steps: run.steps
      .map((step) => ({
        id: step.id,
        op: step.op,
        name: step.name,
        n: step.n,
        status: step.status,
        value: compare(steady(step), step),
        failure: failureOf(step),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

function steady({ op, status, value }: TestStep): unknown {
  const read = STEADY[op];
  return read === undefined || status !== "ok" ? value : read(value);
}

/** Without the stack: lines of code are no result. */
function failureOf({ failure }: RunState | TestStep) {
  return failure === null ? null : { name: failure.name, message: failure.message };
}
