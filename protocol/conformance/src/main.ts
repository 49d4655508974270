import { writeFileSync } from "node:fs";
import { cases } from "./cases/cases.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { badgeOf } from "./report/badge.ts";
import { failureLines, resultLine, summaryLines } from "./report/console.ts";
import { junitOf } from "./report/junit.ts";
import { countOf, type Report } from "./result.ts";
import { runKit } from "./run-kit.ts";

const FAILED = 1;
const CANNOT_BEGIN = 2;

/** @returns the exit code. */
export async function main(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  try {
    const options = readOptions(args, environment);
    if (options.help || options.list) {
      say(options.help ? USAGE : cases.map(({ id, says }) => `${id}  ${says}`).join("\n"));
      return 0;
    }
    if (options.url === undefined) throw new Error(`Name the URL of the app under test.\n\n${USAGE}`);
    return await runAndReport(options, options.url);
  } catch (error) {
    console.error((error as Error).message);
    return CANNOT_BEGIN;
  }
}

async function runAndReport(options: Options, url: string): Promise<number> {
  // What goes to the standard output is a report or a story, never both.
  const tell = options.json === "-" ? (text: string) => console.error(text) : say;
  const { start, canary, ...rest } = options;
  const report = await runKit({
    ...rest,
    url,
    ...(start !== undefined && { start }),
    ...(canary !== undefined && { canary }),
    onBegin: ({ sdk, capabilities }, count) =>
      tell(`${sdk} with ${capabilities.join(", ") || "no capabilities"}: ${count} cases\n`),
    onResult: (result) => {
      tell(resultLine(result));
      if (result.status === "FAILED") tell(`${failureLines(result).join("\n")}\n`);
    },
  });
  tell(summaryLines(report).join("\n"));
  writeReports(options, report);
  return countOf(report, "FAILED") === 0 ? 0 : FAILED;
}

function writeReports({ json, junit, badge }: Options, report: Report): void {
  const text = () => `${JSON.stringify(report, null, 2)}\n`;
  if (json === "-") process.stdout.write(text());
  else if (json !== undefined) writeFileSync(json, text());
  if (junit !== undefined) writeFileSync(junit, junitOf(report));
  if (badge !== undefined) writeFileSync(badge, badgeOf(report));
}

function say(text: string): void {
  console.log(text);
}
