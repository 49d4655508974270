// Priority and fairness on top of gates, without a database: a rank is a time, and in a fair queue a start tag.
import { GateModel, type ModelRun } from "./gate-model.ts";

export interface ModelOrder {
  readonly priority: number;
  readonly tenant: string | null;
  readonly weight: number;
}

/** Microseconds by which a job of weight 1 moves its tenant on. */
const UNIT = 100;

/** Every run passes one gate at most; the jobs of a gate are one fair queue. */
export class OrderModel extends GateModel {
  readonly orders = new Map<ModelRun, ModelOrder>();
  /** Became ready since the last claim. */
  readonly #arrived = new Set<ModelRun>();
  readonly #queueAt = new Map<string, number>();
  readonly #tenantAt = new Map<string, number>();

  order(run: ModelRun, order: ModelOrder): void {
    this.orders.set(run, order);
  }

  /** Microseconds. */
  override nextRank(): number {
    return this.nowMs * 1_000;
  }

  arrive(run: ModelRun, rank: number): void {
    run.state = "queued";
    run.rank = rank;
    this.#arrived.add(run);
  }

  /** Places that became free go to those who wait, and then those who have come are ranked. Who is held is not there, and keeps his rank. */
  override claim(isHeld: (run: ModelRun) => boolean = () => false): ModelRun[] {
    const arrived = [...this.#arrived].filter(({ state }) => state === "queued");
    const held = this.runs.filter((run) => run.state === "queued" && isHeld(run));
    for (const run of [...arrived, ...held]) run.state = "asleep";
    const leased = super.claim();
    for (const run of arrived) this.#rank(run);
    for (const run of arrived) if (!held.includes(run)) run.state = "queued";
    this.#arrived.clear();
    leased.push(...super.claim());
    for (const run of held) run.state = "queued";
    for (const run of leased) this.#begin(run);
    return leased;
  }

  #rank(run: ModelRun): void {
    const { priority, tenant, weight } = this.orders.get(run)!;
    if (tenant === null) {
      run.rank -= priority * 1_000_000;
      return;
    }
    const queue = this.#queueOf(run);
    const own = `${queue} ${tenant}`;
    const isIdle = !this.runs.some(
      (other) => other.state === "queued" && other.gates[0] !== undefined && other.gates[0] === run.gates[0],
    );
    const before = this.#queueAt.get(queue) ?? run.rank;
    const now = isIdle ? Math.max(before, run.rank) : before;
    const cost = UNIT / weight;
    const at = Math.max(now, this.#tenantAt.get(own) ?? now);
    this.#queueAt.set(queue, now);
    this.#tenantAt.set(own, at + cost);
    run.rank = Math.floor(Math.max(now, at - priority * cost));
  }

  #begin(run: ModelRun): void {
    if (this.orders.get(run)!.tenant === null) return;
    const queue = this.#queueOf(run);
    this.#queueAt.set(queue, Math.max(this.#queueAt.get(queue)!, run.rank));
  }

  #queueOf({ gates: [gate = "no gate"] }: ModelRun): string {
    return gate;
  }
}
