import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, type Stage, type Tally } from "./stage.ts";

export function vitest(filters: string[]): Stage {
  return {
    name: "vitest (unit, statements, scenarios, contracts)",
    run: async () => {
      const folder = mkdtempSync(join(tmpdir(), "durable-tally-"));
      const report = join(folder, "tally.json");
      const program = ["test/node_modules/vitest/vitest.mjs", "run", "--config", "test/vitest.config.ts"];
      const reporters = ["--reporter=default", "--reporter=test/support/tally-reporter.ts"];
      const passed = await runProgram([...program, ...reporters, ...filters], { DURABLE_TEST_TALLY: report });
      const tally = readTally(report);
      rmSync(folder, { recursive: true, force: true });
      // Whatever goes wrong outside of a test (a crash, an error nobody caught) counts as one failure.
      return !passed && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
    },
  };
}

function readTally(file: string): Tally {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}
