import type { FaultName, Tally } from "./tally.ts";

export interface Scene {
  /** What goes on, in a word or two. */
  readonly phase: string;
  readonly doneMs: number;
  readonly ofMs: number;
  readonly runs: number;
  readonly live: number;
}

const SHOWN: readonly [FaultName, string][] = [
  ["engine killed", "engine"],
  ["app killed", "app"],
  ["Postgres killed", "Postgres"],
  ["session terminated", "sessions"],
  ["zombie", "zombies"],
];
const BAR_WIDTH = 20;
const PLAIN_EVERY_MS = 15_000;

/** One line that is written over and over on a terminal, and now and then elsewhere. */
export class Progress {
  readonly #isTerminal = process.stderr.isTTY === true;
  #plainAtMs = 0;

  show(scene: Scene, tally: Tally): void {
    if (this.#isTerminal) process.stderr.write(`\r\x1b[K${lineOf(scene, tally)}`);
    else if (performance.now() >= this.#plainAtMs) {
      process.stderr.write(`${lineOf(scene, tally)}\n`);
      this.#plainAtMs = performance.now() + PLAIN_EVERY_MS;
    }
  }

  clear(): void {
    if (this.#isTerminal) process.stderr.write("\r\x1b[K");
  }
}

function lineOf({ phase, doneMs, ofMs, runs, live }: Scene, tally: Tally): string {
  const full = Math.min(BAR_WIDTH, Math.round((doneMs / ofMs) * BAR_WIDTH));
  const bar = "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
  const counts = SHOWN.map(([name, word]) => `${word} ${tally.count(name)}`).join("  ");
  return `${bar} ${clock(doneMs)} ${phase}  ${runs} runs, ${live} live  |  killed: ${counts}`;
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
