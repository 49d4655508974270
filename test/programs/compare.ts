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
  wait: (event: { data: unknown } | null) => event?.data ?? null,
  send: (ids: readonly string[]) => ids.length,
  branch: ({ taken }: { taken: string }) => taken,
};

/** Sentences, one for each difference between what came of a run and what should have. */
export function differences(expected: Expected, run: RunState, effects: SeenEffects): string[] {
  const found: string[] = [];
  const compare = (what: string, should: unknown, is: unknown) => {
    const [shouldText, isText] = [JSON.stringify(should), JSON.stringify(is)];
    if (shouldText !== isText) found.push(`${what} is ${isText} and should be ${shouldText}`);
  };
  compare("the status", expected.status, run.status);
  compare("the output", expected.output, run.output);
  compare("the failure", expected.failure, run.failure?.message ?? null);
  const recorded = new Map(run.steps.map((step) => [step.id, step]));
  for (const [id, step] of Object.entries(expected.steps)) {
    const is = recorded.get(id);
    compare(`step "${step.name}" (${step.n})`, step, is === undefined ? "missing" : recordedOf(is));
    recorded.delete(id);
  }
  for (const step of recorded.values())
    found.push(`step "${step.name}" (${step.n}) is recorded and should not be`);
  const bodies = Object.values(expected.steps).filter(({ op }) => op === "run").length;
  compare("the number of idempotency keys", bodies, effects.keys.size);
  compare("what was undone", expected.undone, effects.undone);
  return found;
}

function recordedOf({ op, name, n, status, value, failure }: TestStep): Recorded | string {
  if (status === "err") return { op, name, n, status, value: failure?.message ?? null };
  if (status !== "ok") return status;
  const read = STEADY[op];
  return { op, name, n, status, value: read === undefined ? value : read(value as never) };
}
