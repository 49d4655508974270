// docs/guides/testing.md, run: its blocks are one file for node:test, on the embedded Postgres that a user has.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { tempFolder } from "../support/temp-folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/guides/testing.md"), "utf8");
const code = [...page.matchAll(/^```ts file=guide\.ts\n([\s\S]*?)^```$/gm)]
  .map(([, block]) => block)
  .join("\n");

test("every snippet passes under node:test, and nothing is left behind", { timeout: 120_000 }, () => {
  const folder = tempFolder("testing-guide");
  const temporary = join(folder, "tmp");
  mkdirSync(temporary, { mode: 0o711 });
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const [name, target] of [
    ["@durable/sdk", "sdk-ts"],
    ["@durable/engine", "engine"],
  ] as const) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, target), link);
  }
  writeFileSync(join(folder, "guide.test.ts"), code);
  const { stdout, stderr } = spawnSync(process.execPath, ["--test", "--test-reporter=tap", "guide.test.ts"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, TMPDIR: temporary, NODE_TEST_CONTEXT: undefined, VITEST: undefined },
  });
  const tests = code.match(/^test\(/gm)!.length;
  expect(stdout, stderr).toContain(`# pass ${tests}\n`);
  expect(stdout).toContain("# fail 0\n");
  expect(stderr).toBe("");
  expect(readdirSync(temporary)).toEqual([]);
  expect(serversBelow(temporary)).toEqual([]);
});

test("without the engine the kit says what to install", () => {
  const folder = tempFolder("no-engine");
  const sdk = join(folder, "node_modules/@durable/sdk");
  mkdirSync(dirname(sdk), { recursive: true });
  const tarball = run([join(root, "sdk-ts/scripts/pack.mjs"), folder]).trim();
  mkdirSync(sdk);
  spawnSync("tar", ["-xzf", tarball, "-C", sdk, "--strip-components=1"]);
  writeFileSync(
    join(folder, "kit.mjs"),
    `import { createTestKit } from "@durable/sdk/testing";
     await createTestKit({ functions: [] }).catch((error) => console.log(error.message));`,
  );
  expect(run(["kit.mjs"], folder)).toContain("npm install --save-dev @durable/engine");
});

function run(args: string[], cwd?: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd });
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

function serversBelow(folder: string): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(folder));
}
