// The traces that are on the screen: of a run, and of those child runs that somebody opened in their place.
import type { Loaded } from "./rows.ts";
import { type ReadTrace, TraceReader } from "./trace-reader.ts";

export interface TracesState {
  /** Null: it could not be read. */
  readonly loaded: ReadonlyMap<string, Loaded | null>;
  readonly errors: ReadonlyMap<string, Error>;
  readonly clockAheadMs: number;
}

export class Traces {
  readonly #read: (run: string) => ReadTrace;
  readonly #readers = new Map<string, TraceReader>();
  readonly #listeners = new Set<() => void>();
  #isOn = false;
  state: TracesState = { loaded: new Map(), errors: new Map(), clockAheadMs: 0 };

  constructor(read: (run: string) => ReadTrace) {
    this.#read = read;
  }

  /** For `useSyncExternalStore`. */
  onState = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): () => void {
    this.#isOn = true;
    for (const reader of this.#readers.values()) reader.start();
    return () => {
      this.#isOn = false;
      for (const reader of this.#readers.values()) reader.stop();
    };
  }

  get runs(): readonly string[] {
    return [...this.#readers.keys()];
  }

  /** Reads it, if that was not done or could not be done before. */
  open(run: string): void {
    const reader = this.#readers.get(run) ?? new TraceReader(this.#read(run), () => this.#tell());
    this.#readers.set(run, reader);
    if (this.#isOn) reader.start();
  }

  readAgain(run: string, steps: Iterable<string>): void {
    this.#readers.get(run)?.readAgain(steps);
  }

  #tell(): void {
    const loaded = new Map<string, Loaded | null>();
    const errors = new Map<string, Error>();
    let clockAheadMs = 0;
    for (const [run, reader] of this.#readers) {
      if (reader.loaded !== null) loaded.set(run, reader.loaded);
      else if (reader.error !== null) loaded.set(run, null);
      if (reader.error !== null) errors.set(run, reader.error);
      if (reader.clockAheadMs !== 0) clockAheadMs = reader.clockAheadMs;
    }
    this.state = { loaded, errors, clockAheadMs };
    for (const listener of this.#listeners) listener();
  }
}
