import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import type { BrokenFile, VitestTally } from "../../scripts/test/vitest.ts";

/** Counts tests for the last line of `npm test`; what is shown meanwhile is vitest's own. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tally: VitestTally = {
      passed: 0,
      failed: unhandled.length,
      skipped: [],
      unhandled: unhandled.length,
      broken: [],
    };
    for (const module of modules) {
      const broken: string[] = [];
      // A file that cannot be loaded, or whose hooks fail, has no failed test of its own.
      if (module.state() === "failed" && module.errors().length > 0) broken.push("(the file as a whole)");
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") tally.passed += 1;
        else if (result.state === "failed") broken.push(test.fullName);
        else tally.skipped.push(reason(test.fullName, module, "note" in result ? result.note : undefined));
      }
      tally.failed += broken.length;
      if (broken.length > 0) tally.broken.push(brokenFile(module, broken));
    }
    const file = process.env["DURABLE_TEST_TALLY"];
    if (file) writeFileSync(file, JSON.stringify(tally));
  }
}

function brokenFile(module: TestModule, tests: string[]): BrokenFile {
  return { project: module.project.name, file: module.relativeModuleId, tests };
}

function reason(name: string, module: TestModule, note: string | undefined): string {
  return `${module.project.name} ${module.relativeModuleId} > ${name}${note === undefined ? "" : `: ${note}`}`;
}
