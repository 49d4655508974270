import type { HeldRun, HeldTask } from "../execution/held-run.ts";
import { leaseKey } from "../store/leases.ts";

/** The leases that this process holds, and those it is about to hold. */
export class HeldLeases {
  readonly #runs = new Map<string, HeldRun>();
  readonly #tasks = new Map<string, HeldTask>();
  /** Keys of leases that are on their way here: being born, or being loaded. */
  readonly #expected = new Set<string>();

  /** Runs, by id. */
  get runs(): ReadonlyMap<string, HeldRun> {
    return this.#runs;
  }

  /** Runs and tasks that are held. */
  get count(): number {
    return this.#runs.size + this.#tasks.size;
  }

  /** Whether the run or the task is held here, or somebody here is about to hold it. */
  knows(key: string): boolean {
    return this.#runs.has(key) || this.#tasks.has(key) || this.#expected.has(key);
  }

  of(key: string): HeldRun | HeldTask | undefined {
    return this.#runs.get(key) ?? this.#tasks.get(key);
  }

  /** @returns how to say that they are held now, or never will be. */
  expect(keys: readonly string[]): () => void {
    for (const key of keys) this.#expected.add(key);
    return () => {
      for (const key of keys) this.#expected.delete(key);
    };
  }

  /** @returns how to let it go. It may be held again by then, under another lease: that one stays. */
  add(held: HeldRun | HeldTask): () => void {
    if (held.stepId === null) return hold(this.#runs, held.head.runId, held);
    return hold(this.#tasks, leaseKey({ runId: held.head.runId, stepId: held.stepId }), held);
  }

  /** How many it holds of one workspace. */
  countOf(workspaceId: number): number {
    let count = 0;
    for (const held of this.#runs.values()) if (held.workspaceId === workspaceId) count += 1;
    for (const held of this.#tasks.values()) if (held.workspaceId === workspaceId) count += 1;
    return count;
  }
}

function hold<Held>(all: Map<string, Held>, key: string, held: Held): () => void {
  all.set(key, held);
  return () => {
    if (all.get(key) === held) all.delete(key);
  };
}
