import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Random } from "../chaos/random.ts";

const PROGRAM = fileURLToPath(new URL("../scenarios/engine-process.ts", import.meta.url));
const CLOCK_JUMPS = new URL("clock-jumps.ts", import.meta.url).href;
const LEASE_MS = 2_000;
const FAULTS = [
  "accept_events=lost-after@0.01",
  "claim_ticks=lost-after@0.02",
  "claim_ticks=deadlock@0.02",
  "settle_ticks=lost-after@0.02",
];

const POINTS = ["ticks.claimed", "ticks.accepted"];

/** One of the engines of a storm: started again whenever it is gone, until the storm is over. */
export class StormEngine {
  readonly #databaseUrl: string;
  readonly #clockFile: string;
  readonly #random: Random;
  #child: ChildProcess | null = null;
  #isOver = false;
  /** How often it killed itself between writing down what is due and being done with it. */
  halfDone = 0;

  constructor(databaseUrl: string, folder: string, random: Random) {
    this.#databaseUrl = databaseUrl;
    this.#clockFile = join(folder, `clock-${random.int(0, 1e9)}`);
    this.#random = random;
    this.jump(0);
  }

  /** Its wall clock is off by so much from now on. */
  jump(offsetMs: number): void {
    writeFileSync(this.#clockFile, String(offsetMs));
  }

  start(): void {
    if (this.#child !== null || this.#isOver) return;
    const random = this.#random;
    const seed = random.int(1, 1e9);
    const args = ["--import", CLOCK_JUMPS, PROGRAM, this.#databaseUrl, String(LEASE_MS)];
    const child = spawn(process.execPath, args, {
      stdio: "ignore",
      env: {
        PATH: process.env["PATH"],
        DURABLE_TEST_CLOCK: this.#clockFile,
        DURABLE_CHAOS: "1",
        DURABLE_FAULTS: `seed=${seed}${random.chance(0.7) ? `,${random.pick(POINTS)}=kill#${random.int(1, 12)}` : ""}`,
        DURABLE_DB_FAULTS: `seed=${seed},${FAULTS.join(",")}`,
      },
    });
    this.#child = child;
    child.once("exit", (_, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      if (signal === "SIGKILL") this.halfDone += 1;
      this.start();
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }

  stop(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.kill();
  }
}
