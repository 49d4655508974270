import type { RunState, TestStep } from "../../sdk-ts/src/testing/index.ts";
import type { Expected, Recorded } from "./reference.ts";

/** What user code did outside of the engine in one run. */
export interface SeenEffects {
  /** The idempotency keys that bodies of steps were given. */
  readonly keys: ReadonlySet<string>;
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
};

/** A run as the API shows it; the kit's type has no state. */
export type RunShown = RunState & { readonly state?: unknown };

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
    compare(`step "${step.name}" (${step.n})`, step, is === undefined ? "missing" : recordedOf(is));
  }
  for (const step of recorded.values())
    found.push(`step "${step.name}" (${step.n}) is recorded and should not be`);
  const bodies = [...wanted.values()].filter(({ op, status }) => op === "run" && status !== "open").length;
  if (!isCancelled) compare("the number of idempotency keys", bodies, effects.keys.size);
  else if (effects.keys.size > bodies) compare("the number of idempotency keys", bodies, effects.keys.size);
  compare(
    "what was undone",
    undone.map(({ name }) => name),
    effects.undone,
  );
  return found;
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
