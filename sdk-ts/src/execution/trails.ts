/**
 * How turns come to a step. By recorded `results` alone, each of them does, no later than when it has been handed the
 * same results. By something that the code awaits of its `own` beside a step, it may come to it late. Of what
 * another process began nothing is known, and where the code awaited nothing but something of its own it may
 * have been one such thing of several: that is `unsure`.
 */
export type Footing = "results" | "unsure" | "own";

const RANK: Record<Footing, number> = { results: 0, unsure: 1, own: 2 };

export function worse(one: Footing, other: Footing): Footing {
  return RANK[one] > RANK[other] ? one : other;
}

/** A step that was begun or asked for here. */
export interface TrailStep {
  readonly name: string;
  readonly n: number;
  readonly footing: Footing;
}

/** What this process knows of the steps of one run. */
export class Trail {
  /** How long a turn that seems to leave the recorded path waits for what user code may still ask for. */
  readonly patienceMs: number;
  readonly #steps = new Map<string, TrailStep>();
  readonly #told = new Set<string>();

  constructor(patienceMs: number) {
    this.patienceMs = patienceMs;
  }

  step(id: string): TrailStep | undefined {
    return this.#steps.get(id);
  }

  /** Begun, perhaps again because the first time was not recorded. @returns the worst of its footings. */
  began(id: string, step: TrailStep): Footing {
    return this.#note(id, step, this.#steps.get(id)?.footing ?? "results");
  }

  /** Recorded, and asked for. @returns the worst of its footings. */
  reached(id: string, step: TrailStep): Footing {
    return this.#note(id, step, this.#steps.get(id)?.footing ?? "unsure");
  }

  /** Whether nobody was told yet that this step was left out. */
  isNews(id: string): boolean {
    return !this.#told.has(id);
  }

  told(id: string): void {
    this.#told.add(id);
  }

  #note(id: string, step: TrailStep, before: Footing): Footing {
    const footing = worse(before, step.footing);
    this.#steps.set(id, { ...step, footing });
    return footing;
  }
}

const RUNS_MAX = 1_000;
/** What user code awaits of its own mostly comes within this time. */
const PATIENCE_MS = 250;

/** The runs that an app worked on last. It has them in dev only: they cost memory, and are for who writes the code. */
export class Trails {
  readonly #patienceMs: number;
  readonly #byRun = new Map<string, Trail>();

  constructor(patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
  }

  of(runId: string): Trail {
    const trail = this.#byRun.get(runId) ?? new Trail(this.#patienceMs);
    this.#byRun.delete(runId);
    this.#byRun.set(runId, trail);
    const [oldest] = this.#byRun.keys();
    if (this.#byRun.size > RUNS_MAX) this.#byRun.delete(oldest!);
    return trail;
  }
}
