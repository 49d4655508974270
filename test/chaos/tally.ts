/** Everything that can be done to the system, with how often it must have happened in five minutes. */
export const MINIMUMS = {
  "engine killed": 50,
  "app killed": 20,
  "app stopped": 12,
  "TypeScript shop killed": 12,
  "PHP shop killed": 12,
  "Postgres killed": 20,
  "session terminated": 500,
  zombie: 20,
  "statement held": 30,
  "engine drained": 5,
  "named point hit": 30,
  "database answer faked": 100,
  "answer dropped": 50,
  "answer duplicated": 50,
  "connection cut": 50,
} as const satisfies Record<string, number>;

export type FaultName = keyof typeof MINIMUMS;

/** Where there is no PHP, or only the rest is looked at. */
export const FAULTS_OF_SHOPS = ["TypeScript shop killed", "PHP shop killed"] as const satisfies FaultName[];

const FULL_MINUTES = 5;

/**
 * What must happen so often in five minutes, in proportion. It happens by chance, so a shorter run, which is a sample,
 * may have two standard deviations less of it; once at least, if the sample is long enough to expect it once.
 */
export function minimumOf(inFullRun: number, minutes: number): number {
  const share = (inFullRun * minutes) / FULL_MINUTES;
  const slack = minutes < FULL_MINUTES ? 2 * Math.sqrt(share) : 0;
  return Math.max(Math.min(1, Math.floor(share)), Math.floor(share - slack));
}

/** Which faults happened how often, and whether that is enough for a run of this length to mean something. */
export class Tally {
  readonly #minutes: number;
  readonly #counts = new Map<FaultName, number>();
  readonly #recoveriesMs: number[] = [];
  readonly #points = new Map<string, number>();
  /** Those that this run can have. */
  readonly #names: readonly FaultName[];

  constructor(minutes: number, { shops = false } = {}) {
    this.#minutes = minutes;
    const absent: readonly FaultName[] = shops ? [] : FAULTS_OF_SHOPS;
    this.#names = FAULT_NAMES.filter((name) => !absent.includes(name));
  }

  has(name: FaultName): boolean {
    return this.#names.includes(name);
  }

  add(name: FaultName, count = 1): void {
    this.#counts.set(name, this.count(name) + count);
  }

  /** A process killed or stopped itself there. */
  addPoint(point: string): void {
    this.add("named point hit");
    this.#points.set(point, (this.#points.get(point) ?? 0) + 1);
  }

  /** Postgres accepted connections again; after so long there was a commit. */
  addRecovery(ms: number): void {
    this.#recoveriesMs.push(ms);
  }

  /** The promise is 5 s. */
  get slowestRecoveryMs(): number {
    return Math.max(0, ...this.#recoveriesMs);
  }

  count(name: FaultName): number {
    return this.#counts.get(name) ?? 0;
  }

  /** Faults are begun one kind after the other: each of them once in the shortest run. */
  minimum(name: FaultName): number {
    return Math.max(1, minimumOf(MINIMUMS[name], this.#minutes));
  }

  isEnough(name: FaultName): boolean {
    return this.count(name) >= this.minimum(name);
  }

  get missing(): FaultName[] {
    return this.#names.filter((name) => !this.isEnough(name));
  }

  format(): string {
    const lines = this.#names.map((name) => {
      const mark = this.isEnough(name) ? "  " : "! ";
      return `${mark}${name.padEnd(24)} ${String(this.count(name)).padStart(6)}   at least ${this.minimum(name)}`;
    });
    const points = [...this.#points].sort().map(([point, count]) => `${point} ${count}`);
    return `${lines.join("\n")}\n  points: ${points.join(", ")}`;
  }
}

export const FAULT_NAMES = Object.keys(MINIMUMS) as FaultName[];
