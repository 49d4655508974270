import type { PlannedSession } from "./plan.ts";
import type { Measurement, Session } from "./session.ts";
import { BrokenPromise } from "./verify.ts";
import type { SystemName } from "./works.ts";

/** What the sessions gave so far. */
export class Collected {
  measurements: Measurement[] = [];
  readonly idleBytes: Partial<Record<SystemName, Readonly<Record<string, number>>[]>> = {};
  readonly skipped: string[] = [];
  readonly #failed = new Set<SystemName>();

  add(system: SystemName, { measurements, idleBytes }: Session): void {
    this.measurements.push(...measurements);
    this.idleBytes[system] = [...(this.idleBytes[system] ?? []), idleBytes];
  }

  /** After a failure a system is left out: the others' figures need none of it, and its own would be incomplete. */
  fail({ system, round, work }: PlannedSession, error: unknown): string {
    this.#failed.add(system);
    if (error instanceof BrokenPromise) {
      this.measurements = this.measurements.filter((one) => one.system !== system);
    }
    const reason = error instanceof Error ? error.message : String(error);
    const broken = error instanceof BrokenPromise ? ", and none of its speeds counts" : "";
    const line = `${system} from round ${round} (${work.title}) on${broken}: ${reason}`;
    this.skipped.push(line);
    return line;
  }

  isLeftOut(system: SystemName): boolean {
    return this.#failed.has(system);
  }
}
