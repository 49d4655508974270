import type { Run } from "./run-tracker.ts";

/** What the demo tells, on a terminal or in a pipe. */
export interface Screen {
  /** Lines that stay. */
  say(...lines: readonly string[]): void;
  /** Something may have changed: show how it is now. */
  update(state: ScreenState): void;
  /** Nothing is redrawn from now on. */
  close(): void;
}

export interface ScreenState {
  readonly runs: readonly Run[];
  readonly footer: readonly string[];
}
