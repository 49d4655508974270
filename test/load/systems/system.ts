import type { Child } from "../children.ts";
import type { Target } from "../drivers.ts";
import type { BenchPostgres } from "../postgres.ts";
import type { SystemName } from "../works.ts";

/** A kind of system under test. `start` gives a fresh one: empty data folder, new processes. */
export interface System {
  readonly name: SystemName;
  /** What was measured, for the report. */
  version(): string;
  /** How it was set up, in one sentence. */
  readonly setup: string;
  start(): Promise<RunningSystem>;
}

export interface RunningSystem {
  readonly target: Target;
  /** Whose CPU time and memory are reported, by the names of the report. */
  readonly processes: Readonly<Record<string, number>>;
  /** Where the state lies, when it lies in Postgres. */
  readonly postgres?: BenchPostgres;
  /** When the app was called for each key, on the machine-wide monotonic clock. */
  arrivals?(): Promise<Readonly<Record<string, string>>>;
  /** Counters that the engine itself exposes. */
  counters?(): Promise<Readonly<Record<string, number>>>;
  /** Throws when what was measured is not true. */
  verify?(): Promise<void>;
  stop(): Promise<void>;
}

/** Stops in the reverse order of starting, also what started before something else failed to. */
export class Stack {
  readonly #stops: (() => Promise<void>)[] = [];

  async add<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const started = await starting;
    this.#stops.push(() => started.stop());
    return started;
  }

  later(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }
}

/** Starts parts one after the other; when one fails, those before it are stopped again. */
export async function stacked(
  start: (stack: Stack) => Promise<Omit<RunningSystem, "stop">>,
): Promise<RunningSystem> {
  const stack = new Stack();
  try {
    const running = await start(stack);
    return { ...running, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** The port that a child listens on, from its first message. */
export function portOf(child: Child): number {
  return (child.hello as { port: number }).port;
}
