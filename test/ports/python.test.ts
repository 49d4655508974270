// The port in protocol/ports/python, which a stranger wrote from the protocol's README: its tests, the kit, and runs on a
// real engine. Without a python3 nothing of it is tried, and the end of `npm test` says so (scripts/system-packages.ts).
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freePort } from "../chaos/free-port.ts";
import { pythonPath } from "../support/python.ts";
import { commandsOf, GUIDE, ROOT } from "./guide.ts";

const folder = join(ROOT, "protocol/ports/python");

/** Not in step with this process. The Node of the tests is the `node` of the command. */
function sh(command: string): Promise<{ code: number | null; said: string }> {
  const path = `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"]}`;
  const env = { ...process.env, PATH: path, PYTHONDONTWRITEBYTECODE: "1" };
  return new Promise((resolve) => {
    const child = execFile("sh", ["-c", command], { cwd: ROOT, env, maxBuffer: 2 ** 26 }, (_, out, err) =>
      resolve({ code: child.exitCode, said: out + err }),
    );
  });
}

describe.skipIf(pythonPath() === null)("the Python port", () => {
  test("passes the vectors", async () => {
    const [command] = commandsOf(/test_vectors/);
    const { code, said } = await sh(command!);
    expect(code, said).toBe(0);
    expect(said).toMatch(/^Ran 9 tests/m);
  });

  test("answers message by message as it should", async () => {
    const { code, said } = await sh("python3 protocol/ports/python/test_turns.py");
    expect(code, said).toBe(0);
    expect(said).toMatch(/^Ran 20 tests/m);
  });

  test("is as short as the guide says, and needs the standard library alone", () => {
    const lines = readFileSync(join(folder, "durable.py"), "utf8").split("\n");
    const code = lines.filter((line) => !/^\s*(?:#.*|""".*""")?$/.test(line));
    const [, most] = /fewer than (\d+) lines of code/.exec(GUIDE)!;
    expect(code.length).toBeLessThan(Number(most));
    expect(code.length).toBeGreaterThan(Number(most) - 10);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(100);
    expect(readdirSync(folder).filter((file) => /requirements|pyproject|setup/.test(file))).toEqual([]);
  });

  const kitCommands = commandsOf(/durable-conformance/);

  // Hour by hour: the last two commands together are the whole kit.
  test.each(kitCommands)("passes the kit: %s", async (command) => {
    const [port, listen] = [await freePort(), await freePort()];
    const { code, said } = await sh(
      `${command.replace("127.0.0.1:4490", `127.0.0.1:${port}`)} --listen 127.0.0.1:${listen}`,
    );
    expect(code, said).toBe(0);
    expect(said).toMatch(/: [1-9]\d* passed, 0 failed/);
  });

  test("the guide has a command of the kit for each hour but the first", () => {
    expect(kitCommands).toHaveLength(4);
  });
});
