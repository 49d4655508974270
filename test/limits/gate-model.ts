// What gates are, without a database: the rules of docs/guides/limits.md, as simply as they can be written. Every
// question is answered from the beginning: who of all that are queued may go, in the order in which they became ready.

export interface ModelLimit {
  readonly unit: "step" | "run" | "start";
  /** Null: no longer declared, lets everything through. */
  count: number | null;
  /** Of `start`. */
  readonly periodMs: number;
  readonly burst: number;
}

export interface ModelJob {
  readonly run: ModelRun;
  /** Null: the run itself. */
  readonly task: number | null;
}

export interface ModelRun {
  readonly no: number;
  /** Names of gates, `limit key`, in the order in which they are passed. */
  readonly gates: readonly string[];
  readonly units: number;
  state: "queued" | "leased" | "asleep" | "paused" | "ended";
  /** Orders the queue; higher is later. */
  rank: number;
  /** Gates of unit `run` and `start` that it has passed. */
  hasEntered: boolean;
}

export class GateModel {
  readonly limits = new Map<string, ModelLimit>();
  readonly runs: ModelRun[] = [];
  nowMs = 0;
  #ranks = 0;
  /** Throttles: when all that started is paid for. */
  readonly #opensAtMs = new Map<string, number>();

  start(gates: readonly string[], units: number): ModelRun {
    const run: ModelRun = {
      no: this.runs.length,
      gates,
      units,
      state: "queued",
      rank: this.nextRank(),
      hasEntered: false,
    };
    this.runs.push(run);
    return run;
  }

  nextRank(): number {
    this.#ranks += 1;
    return this.#ranks;
  }

  /** Leases all that may go now, and answers who that is. */
  claim(): ModelRun[] {
    const leased: ModelRun[] = [];
    /** Gates at which somebody waits who came earlier than all that follow. */
    const queues = new Set<string>();
    const queued = this.runs.filter(({ state }) => state === "queued").sort((a, b) => a.rank - b.rank);
    for (const run of queued) {
      const ahead = run.gates.filter((gate) => !run.hasEntered || this.#limitOf(gate).unit === "step");
      const stop = ahead.find((gate) => queues.has(gate) || !this.#hasRoom(gate, run));
      if (stop !== undefined) {
        queues.add(stop);
        continue;
      }
      for (const gate of ahead) this.#pay(gate, run);
      run.hasEntered = true;
      run.state = "leased";
      leased.push(run);
    }
    return leased;
  }

  used(gate: string): number {
    const { unit } = this.#limitOf(gate);
    return this.runs.filter(
      (run) =>
        run.gates.includes(gate) &&
        (unit === "step"
          ? run.state === "leased"
          : unit === "run" && run.hasEntered && run.state !== "ended"),
    ).length;
  }

  #limitOf(gate: string): ModelLimit {
    return this.limits.get(gate.split(" ")[0]!)!;
  }

  #hasRoom(gate: string, run: ModelRun): boolean {
    const { unit, count, periodMs, burst } = this.#limitOf(gate);
    if (count === null) return true;
    if (count === 0) return false;
    if (unit !== "start") return this.used(gate) < count;
    const opensAtMs = this.#opensAtMs.get(gate) ?? Number.NEGATIVE_INFINITY;
    return opensAtMs <= this.nowMs + (Math.max(burst, run.units) - run.units) * (periodMs / count);
  }

  #pay(gate: string, run: ModelRun): void {
    const { unit, count, periodMs } = this.#limitOf(gate);
    if (unit !== "start") return;
    const cost = count === null ? 0 : (run.units * periodMs) / count;
    this.#opensAtMs.set(gate, Math.max(this.#opensAtMs.get(gate) ?? this.nowMs, this.nowMs) + cost);
  }
}
