import type { RunState, TestStep } from "../../sdk-ts/src/testing/index.ts";
import type { Expected, Recorded } from "./reference.ts";

/** What user code did outside of the engine in one run. */
export interface SeenEffects {
  /** The idempotency keys that bodies of steps were given. */
  readonly keys: ReadonlySet<string>;
  /** Of steps that run at most once, one for each time that a body ran. */
  readonly onceKeys: readonly string[];
  /** In the order in which they were undone, repetitions of the same key left out. */
  readonly undone: readonly string[];
}

/** What of a recorded value is the same in every execution. */
const STEADY: Readonly<Record<string, (value: never) => unknown>> = {
  wait: waited,
  send: (ids: readonly string[]) => ids.length,
  branch: ({ taken }: { taken: string }) => taken,
  fetch: ({ status, body }: { status: number; body: string }) => `${status} ${body}`,
  // The child's id.
  spawn: () => "a run",
  join: (winners: readonly string[]) => winners.toSorted(),
  input: answered,
  approval: answered,
};

/** A run as the API shows it; the kit's type has no state. */
export type RunShown = RunState & { readonly state?: unknown };

/** A line of a run's log, as the API shows it. */
export interface LogLine {
  readonly step: { readonly id: string; readonly name: string };
  readonly attempt: number;
  readonly message: string;
}

/** Every attempt that was recorded has said its line once; of a run that was cancelled the last ones may be missing. */
export function logDifferences(expected: Expected, log: readonly LogLine[], isCancelled: boolean): string[] {
  const found: string[] = [];
  for (const [id, attempts] of Object.entries(expected.said)) {
    const lines = log.filter(({ step }) => step.id === id);
    const said = lines.map(({ attempt, message }) => `${attempt} ${message}`);
    const { name } = expected.steps[id]!;
    const should = Array.from({ length: attempts }, (_, at) => `${at + 1} ${name}: attempt ${at + 1}`);
    if (isCancelled) should.splice(said.length);
    if (JSON.stringify(said) !== JSON.stringify(should))
      found.push(
        `step "${name}" said ${JSON.stringify(said)} and should have said ${JSON.stringify(should)}`,
      );
  }
  return found;
}

/** Sentences, one for each difference between what came of a run and what should have. */
export function differences(
  expected: Expected,
  run: RunShown,
  effects: SeenEffects,
  mayBeCancelled: boolean,
): string[] {
  const found: string[] = [];
  const compare = (what: string, should: unknown, is: unknown) => {
    const [shouldText, isText] = [JSON.stringify(should), JSON.stringify(is)];
    if (shouldText !== isText) found.push(`${what} is ${isText} and should be ${shouldText}`);
  };
  // They do the same at every replay, and nothing seems otherwise.
  compare("what replays left out", [], run.detours);
  const isCancelled = mayBeCancelled && run.status === "cancelled";
  if (!isCancelled) {
    compare("the status", expected.status, run.status);
    compare("the output", expected.output, run.output);
    compare("the failure", expected.failure, run.failure?.message ?? null);
    compare("the state", expected.state, run.state);
  }
  const recorded = new Map(run.steps.map((step) => [step.id, step]));
  const isDone = ({ id }: { id: string }) => recorded.get(id)?.status === "ok";
  const undone = run.status === "completed" ? [] : expected.undoable.filter(isDone).toReversed();
  const wanted = new Map(Object.entries(expected.steps).filter(([, { op }]) => op !== "compensate"));
  for (const { undoId, name } of undone)
    wanted.set(undoId, { op: "compensate", name, n: 0, status: "ok", value: null });
  for (const [id, step] of wanted) {
    const is = recorded.get(id);
    recorded.delete(id);
    // What is open may be not even begun; so may everything in a run that was cancelled.
    const mayBeOpen = step.status === "open" || isCancelled;
    if (mayBeOpen && (is === undefined || is.status === "cancelled")) continue;
    if (expected.once.includes(id) && isInterrupted(is)) continue;
    compare(`step "${step.name}" (${step.n})`, step, is === undefined ? "missing" : recordedOf(is));
  }
  for (const step of recorded.values())
    found.push(`step "${step.name}" (${step.n}) is recorded and should not be`);
  const isBody = ([id, { op, status }]: [string, Recorded]) =>
    op === "run" && status !== "open" && !expected.once.includes(id);
  const bodies = [...wanted].filter(isBody).length;
  if (!isCancelled || effects.keys.size > bodies)
    compare("the number of idempotency keys", bodies, effects.keys.size);
  found.push(...onceDifferences(expected, run, effects));
  compare(
    "what was undone",
    undone.map(({ name }) => name),
    effects.undone,
  );
  return found;
}

/** What runs at most once ran once when its result is recorded, and otherwise once or not at all. */
function onceDifferences({ once, steps }: Expected, run: RunShown, { onceKeys }: SeenEffects): string[] {
  const found: string[] = [];
  for (const id of once) {
    const times = onceKeys.filter((key) => key === `${run.id}/${id}`).length;
    const is = run.steps.find((step) => step.id === id);
    const isKnown = is?.status === "ok" || (is?.status === "err" && !isInterrupted(is));
    if (times > 1 || (isKnown && times === 0))
      found.push(`the body of step "${steps[id]!.name}", which runs at most once, ran ${times} times`);
  }
  const others = onceKeys.filter((key) => !once.some((id) => key === `${run.id}/${id}`));
  for (const key of others)
    found.push(`a body that runs at most once ran under ${key}, which nobody asked for`);
  return found;
}

export function isInterrupted(step: TestStep | undefined): boolean {
  return step?.status === "err" && step.failure?.name === "StepInterruptedError";
}

function answered(answer: { value: unknown; by: string } | null): unknown {
  return answer && { value: answer.value, by: answer.by };
}

/** Of an event what it says; of several, by the key that came or all of them. */
function waited(value: unknown): unknown {
  if (value === null || typeof value !== "object" || "say" in value) return value;
  if ("data" in value) return value.data;
  if ("event" in value && "key" in value) return { key: value.key, event: waited(value.event) };
  return Object.values(value).map(waited);
}

function recordedOf({ op, name, n, status, value, failure }: TestStep): Recorded | string {
  if (status === "err") {
    // Why nobody answered is said by the operating system.
    const message = op === "fetch" ? failure?.name : failure?.message;
    return { op, name, n, status, value: message ?? null };
  }
  if (status !== "ok") return status;
  const read = STEADY[op];
  return { op, name, n, status, value: read === undefined ? value : read(value as never) };
}
