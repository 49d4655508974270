import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Tally {
  passed: number;
  failed: number;
  /** One sentence each: what was not run, and why. */
  skipped: string[];
  /** Tests that failed beside others and passed alone. They are counted as passed, and are a defect to be found. */
  unsteady: string[];
}

export interface Stage {
  readonly name: string;
  run(): Promise<Tally>;
}

export async function runStage(stage: Stage): Promise<Tally> {
  if (stopped) return failedStage([`${stage.name}: stopped by ${stopped}`]);
  console.log(`-- ${stage.name}`);
  const started = performance.now();
  const tally = await stage.run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `-- ${stage.name}: ${tally.failed === 0 ? "ok" : `${tally.failed} FAILED`}, ${tally.passed} passed in ${seconds} s`,
  );
  return tally;
}

/** What did not come to count its tests. */
export function failedStage(skipped: string[] = []): Tally {
  return { passed: 0, failed: 1, skipped, unsteady: [] };
}

let running: ChildProcess | null = null;
let stopped: NodeJS.Signals | null = null;

/** Passes a signal on to the program that runs now and starts no further stage. */
export function stopStages(signal: NodeJS.Signals): void {
  stopped = signal;
  running?.kill(signal);
}

/** Runs a program of the repository under this very Node; true when it ended well. */
export function runProgram(args: string[], env: Record<string, string> = {}): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: "inherit",
      env: { ...process.env, ...env },
    });
    running = child;
    child.once("error", () => resolve(false));
    child.once("exit", (code) => {
      running = null;
      resolve(code === 0);
    });
  });
}

/** A program that counts as one test. */
export async function asOne(args: string[]): Promise<Tally> {
  const passed = await runProgram(args);
  return passed ? { passed: 1, failed: 0, skipped: [], unsteady: [] } : failedStage();
}
