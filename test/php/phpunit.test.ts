// The tests of the PHP SDK, each of which counts here by itself.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../support/temp-folder.ts";
import { phpunitVersion } from "./php.ts";

const SDK = fileURLToPath(new URL("../../sdk-php", import.meta.url));

interface PhpTest {
  readonly suite: string;
  readonly name: string;
  /** What PHPUnit says of a failure; null when there is none. */
  readonly failure: string | null;
}

function run(): { tests: PhpTest[]; status: number | null; said: string } {
  const log = join(tempFolder("phpunit"), "junit.xml");
  const { status, stdout, stderr } = spawnSync("phpunit", ["--log-junit", log], {
    cwd: SDK,
    encoding: "utf8",
  });
  const said = stdout + stderr;
  try {
    return { tests: readReport(readFileSync(log, "utf8")), status, said };
  } catch {
    return { tests: [], status, said };
  }
}

const CASE = /<testcase name="([^"]*)" class="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g;

function readReport(xml: string): PhpTest[] {
  return [...xml.matchAll(CASE)].map(([, name = "", suite = "", inside = ""]) => {
    const failure = /<(?:failure|error|warning)\b[^>]*>([\s\S]*?)<\/(?:failure|error|warning)>/.exec(inside);
    return { suite: text(suite), name: text(name), failure: failure === null ? null : text(failure[1]!) };
  });
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function text(xml: string): string {
  return xml
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, digits) =>
      String.fromCodePoint(Number.parseInt(digits, hex ? 16 : 10)),
    )
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name]!);
}

describe.skipIf(phpunitVersion === null)("PHPUnit", () => {
  const { tests, status, said } = phpunitVersion === null ? { tests: [], status: 0, said: "" } : run();

  test("ran all, and is content", () => {
    expect(tests.length, said).toBeGreaterThan(300);
    expect(status, said).toBe(0);
  });

  for (const [place, { suite, name, failure }] of tests.entries()) {
    test(`${suite} ${name} (${place})`, () => {
      if (failure !== null) throw new Error(failure);
    });
  }
});
