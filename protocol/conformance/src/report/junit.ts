// For CI, which reads this form everywhere.

import { countOf, type Report, type Result } from "../result.ts";

export function junitOf(report: Report): string {
  const { results, ms } = report;
  const [failed, skipped] = [countOf(report, "FAILED"), countOf(report, "NOT_IMPLEMENTED")];
  const counts = `tests="${results.length}" failures="${failed}" skipped="${skipped}" time="${ms / 1_000}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escaped(`conformance of ${report.sdk}`)}" ${counts}>`,
    ...results.map(testCase),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase({ id, level, status, reason, flaws, ms, says, tape = [] }: Result): string {
  const head = `    <testcase classname="level ${level}" name="${escaped(id)}" time="${ms / 1_000}"`;
  switch (status) {
    case "PASSED":
      return `${head}/>`;
    case "NOT_IMPLEMENTED":
      return `${head}><skipped message="${escaped(reason ?? "")}"/></testcase>`;
    case "FAILED": {
      const story = [says, ...flaws, ...tape.map(({ mark, text }) => `${mark} ${text}`)].join("\n");
      return `${head}><failure message="${escaped(flaws[0] ?? "")}">${escaped(story)}</failure></testcase>`;
    }
  }
}

/** Characters that XML cannot have at all are left out. */
export function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
