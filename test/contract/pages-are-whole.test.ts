// What README.md, ARCHITECTURE.md and CONTRIBUTING.md list, they list whole, and the files that they name are there.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { commandLine } from "../../engine/src/cli/main.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const textOf = (path: string) => readFileSync(join(root, path), "utf8");

/** The part of a page below a heading. */
function section(page: string, heading: string): string {
  const [, below = ""] = textOf(page).split(`${heading}\n`);
  return below.split(/^#+ /m)[0]!;
}

type Command = ReturnType<typeof commandLine>;

test("README.md names every command", () => {
  const namesOf = (command: Command): string[] =>
    command.commands.length === 0
      ? [command.name()]
      : command.commands.flatMap((child) => namesOf(child).map((name) => `${command.name()} ${name}`));
  const context = { environment: {}, say: () => {}, note: () => {} } as never;
  const names = commandLine(context).commands.flatMap(namesOf);
  const table = section("README.md", "## Command line");
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !new RegExp(`\`${name}[ \`]`).test(table))).toEqual([]);
});

/** For tests and chaos, not for users. */
const OURS = /^DURABLE_(?:CHAOS|FAULTS|DB_FAULTS|TEST_\w+)$/;

test("README.md names every variable", () => {
  const read = ["engine/src", "sdk-ts/src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /(?<!\.test)\.ts$/.test(file))
      .flatMap((file) =>
        [...textOf(join(folder, file)).matchAll(/\bDURABLE_[A-Z_]+\b/g)].map(([name]) => name),
      ),
  );
  const table = section("README.md", "## Environment");
  const missing = [...new Set(read)].filter((name) => !OURS.test(name) && !table.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});

test("ARCHITECTURE.md names every table, and none that is gone", () => {
  const tables = [...textOf("engine/schema.sql").matchAll(/^CREATE (?:UNLOGGED )?TABLE durable\.(\w+)/gim)];
  const page = section("ARCHITECTURE.md", "### Tables by temperature");
  const named = [...page.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(named.sort()).toEqual(tables.map(([, name]) => name).sort());
});

test("CONTRIBUTING.md names every folder of tests", () => {
  const folders = readdirSync(join(root, "test"), { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  );
  const page = textOf("CONTRIBUTING.md");
  const named = ({ name }: { name: string }) => name === "node_modules" || page.includes(`test/${name}`);
  expect(folders.filter((folder) => !named(folder))).toEqual([]);
});

test.each(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])(
  "the files that %s names are there",
  (page) => {
    const files = execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).split("\n");
    const named = [...textOf(page).matchAll(/`([\w.-]+(?:\/[\w.-]+)*\.(?:ts|mjs|sql|md))`/g)].map(
      ([, path]) => path!,
    );
    const isThere = (path: string) => files.some((file) => file === path || file.endsWith(`/${path}`));
    // `NNNN-title.md`: the next number.
    expect(named.filter((path) => !path.includes("NNNN") && !isThere(path))).toEqual([]);
  },
);
