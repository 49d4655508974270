// For whoever is looking, and for whoever is woken by it.

import { countOf, levelOf, type Report, type Result } from "../result.ts";

const MARKS = { PASSED: "✓", FAILED: "✗", NOT_IMPLEMENTED: "-" } as const;

export function resultLine({ id, status, reason, ms }: Result): string {
  const time = ms >= 1_000 ? `  ${(ms / 1_000).toFixed(1)} s` : "";
  return `${MARKS[status]} ${id}${reason === undefined ? "" : `  not implemented: ${reason}`}${time}`;
}

/** What a failure is about: the promise, what was wrong, and what was said. */
export function failureLines({ id, says, flaws, tape = [] }: Result): string[] {
  return [
    "",
    `FAILED ${id}`,
    `  promise  ${says}`,
    ...flaws.map((flaw) => `  flaw     ${flaw}`),
    ...tape.map(({ mark, text }) => `    ${mark} ${text.replaceAll("\n", "\n      ")}`),
    `  again    --case ${id}`,
  ];
}

export function summaryLines(report: Report): string[] {
  const [passed, failed, missing] = (["PASSED", "FAILED", "NOT_IMPLEMENTED"] as const).map((status) =>
    countOf(report, status),
  );
  const level = levelOf(report);
  return [
    "",
    `${report.sdk}: ${passed} passed, ${failed} failed, ${missing} not implemented, in ${(report.ms / 1_000).toFixed(1)} s`,
    ...(report.isPart ? [] : [level === null ? "Level 0 is not whole." : `Level ${level}.`]),
  ];
}
