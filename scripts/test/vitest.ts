import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, type Stage, type Tally } from "./stage.ts";

/** What the reporter writes down: a tally, and where it failed. */
export interface VitestTally extends Omit<Tally, "unsteady"> {
  /** Errors outside of any test, which are among the failed. */
  unhandled: number;
  broken: BrokenFile[];
}

export interface BrokenFile {
  project: string;
  file: string;
  tests: string[];
}

/** So many files may be unsteady at once; what breaks more is broken. */
const MOST_UNSTEADY_FILES = 3;

/**
 * All tests, three files at a time. The few files that failed run once more, alone: what passes then hangs on what goes on
 * beside it. It does not turn CI red, and is told by name at the end, for it is a defect of the test or of the product.
 */
export function vitest(filters: string[]): Stage {
  return {
    name: "vitest (unit, statements, scenarios, contracts)",
    run: async () => {
      const { broken, unhandled, ...tally } = await runVitest(filters);
      const first = { ...tally, unsteady: [] };
      if (unhandled > 0 || broken.length === 0 || broken.length > MOST_UNSTEADY_FILES) return first;
      const again = await runAlone(broken);
      if (again.failed > 0) return first;
      const names = broken.flatMap(({ project, file, tests }) =>
        tests.map((test) => `${project} ${file} > ${test}`),
      );
      return { ...tally, passed: tally.passed + tally.failed, failed: 0, unsteady: names };
    },
  };
}

function runAlone(broken: BrokenFile[]): Promise<VitestTally> {
  const projects = [...new Set(broken.map(({ project }) => `--project=${project}`))];
  const files = [...new Set(broken.map(({ file }) => file))];
  console.log(`\n-- once more, alone: ${files.join(", ")}`);
  return runVitest(["--maxWorkers=1", ...projects, ...files]);
}

async function runVitest(args: string[]): Promise<VitestTally> {
  const folder = mkdtempSync(join(tmpdir(), "durable-tally-"));
  const report = join(folder, "tally.json");
  const program = ["test/node_modules/vitest/vitest.mjs", "run", "--config", "test/vitest.config.ts"];
  const reporters = ["--reporter=default", "--reporter=test/support/tally-reporter.ts"];
  const passed = await runProgram([...program, ...reporters, ...args], { DURABLE_TEST_TALLY: report });
  const tally = readTally(report);
  rmSync(folder, { recursive: true, force: true });
  // Whatever goes wrong outside of a test (a crash, an error nobody caught) counts as one failure.
  return !passed && tally.failed === 0 ? { ...tally, failed: 1, unhandled: 1 } : tally;
}

function readTally(file: string): VitestTally {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 1, skipped: [], unhandled: 1, broken: [] };
  }
}
