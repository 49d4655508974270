import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import type { Tally } from "../../scripts/test/stage.ts";

/** Counts tests for the last line of `npm test`; what is shown meanwhile is vitest's own. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tally: Tally = { passed: 0, failed: unhandled.length, skipped: [] };
    for (const module of modules) {
      // A file that cannot be loaded, or whose hooks fail, has no failed test of its own.
      if (module.state() === "failed" && module.errors().length > 0) tally.failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") tally.passed += 1;
        else if (result.state === "failed") tally.failed += 1;
        else tally.skipped.push(reason(test.fullName, module, "note" in result ? result.note : undefined));
      }
    }
    const file = process.env["DURABLE_TEST_TALLY"];
    if (file) writeFileSync(file, JSON.stringify(tally));
  }
}

function reason(name: string, module: TestModule, note: string | undefined): string {
  return `${module.project.name} ${module.relativeModuleId} > ${name}${note === undefined ? "" : `: ${note}`}`;
}
