// The port in protocol/ports/python, which a stranger wrote from the protocol's README: its vectors, the kit, and runs on
// a real engine. Without a python3 nothing of it is tried, and the end of `npm test` says so (scripts/system-packages.ts).
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createDoor } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEV_SECRET } from "@durable/protocol/wire";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "../scenarios/api-engine.ts";
import { pythonPath } from "../support/python.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "protocol/ports/python");
const kit = join(root, "protocol/conformance/bin/durable-conformance.js");
const python = pythonPath();

const environment = { ...process.env, DURABLE_SECRET: DEV_SECRET, PYTHONDONTWRITEBYTECODE: "1" };

/** Not in step with this process, in which engines answer. */
function run(command: string, ...args: string[]): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd: folder, env: environment }, (_, out, err) =>
      resolve({ code: child.exitCode, said: out + err }),
    );
  });
}

describe.skipIf(python === null)("the Python port", () => {
  test("passes the vectors", async () => {
    const { code, said } = await run(python!, "test_vectors.py");
    expect(code, said).toBe(0);
    expect(said).toMatch(/^Ran 9 tests/m);
  });

  test("is as short as the guide says, and needs only the standard library", () => {
    const lines = readFileSync(join(folder, "durable.py"), "utf8").split("\n");
    const code = lines.filter((line) => !/^\s*(?:#.*|""".*""")?$/.test(line));
    expect(code.length).toBeLessThan(SHORT);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(100);
    expect(readdirSync(folder).filter((file) => /requirements|pyproject|setup/.test(file))).toEqual([]);
  });

  // The kit is not part of every checkout yet.
  test.skipIf(!existsSync(kit))("passes the kit", async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    const start = `exec ${python} ${join(folder, "conformance.py")}`;
    const gaps = join(folder, "gaps.json");
    const { code, said } = await run(process.execPath, kit, url, "--start", start, "--gaps", gaps);
    expect(code, said).toBe(0);
  });
});

/** Lines of code, without blank lines, comments and docstrings. */
const SHORT = 260;

async function freePort(): Promise<number> {
  const door = createDoor().listen(0, "127.0.0.1");
  await once(door, "listening");
  const { port } = door.address() as AddressInfo;
  door.close();
  await once(door, "close");
  return port;
}

describe.skipIf(python === null)("on a real engine", () => {
  let engine: Awaited<ReturnType<typeof startEngine>>;
  let app: ChildProcess;
  let counter: Server;
  let countAt: string;
  /** Names of the bodies that ran, in their order. */
  let ran: string[] = [];

  beforeAll(async () => {
    counter = createServer(async (request, response) => {
      let name = "";
      for await (const piece of request.setEncoding("utf8")) name += piece;
      ran.push(name);
      response.end();
    }).listen(0, "127.0.0.1");
    await once(counter, "listening");
    countAt = `http://127.0.0.1:${(counter.address() as AddressInfo).port}/`;
    engine = await startEngine();
    app = spawn(python!, ["conformance.py"], {
      cwd: folder,
      env: { ...environment, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [url] = await once(app.stdout!, "data");
    const synced = await engine.call("POST", "/v1/apps/conformance/dev/sync", { url: String(url).trim() });
    expect(synced.status, synced.text).toBe(200);
  });

  afterAll(async () => {
    await expectInvariants(engine.database);
    const ended = once(app, "exit");
    app.kill();
    await ended;
    await engine.stop();
    counter.close();
  });

  const path = "/v1/apps/conformance/dev";

  async function begin(program: readonly object[]): Promise<string> {
    ran = [];
    const data = { program, count_at: countAt };
    const sent = await engine.call("POST", "/v1/events?app=conformance", { name: "conformance.run", data });
    return sent.json.runs[0].run;
  }

  const ended = async (run: string) => (await engine.call("GET", `${path}/runs/${run}?wait=20`)).json;

  const play = async (program: readonly object[]) => await ended(await begin(program));

  test("every kind of step that the port has, one after the other", async () => {
    const child = [{ do: "run", name: "inside", returns: "$attempt" }];
    const run = await play([
      { do: "run", name: "charge", returns: { id: "ch_1", odd: [1.5, "é😀", null, {}, []] } },
      { do: "sleep", name: "rest", ms: 20 },
      { do: "send", name: "tell", events: [{ name: "told", data: { order: 42 } }] },
      { do: "wait", name: "hear", event: "told", match: { order: 42 }, timeout_ms: 20_000 },
      { do: "wait", name: "in vain", event: "never", timeout_ms: 10 },
      { do: "invoke", name: "child", fn: "conformance", data: { program: child, count_at: countAt } },
      { do: "loop", times: 2, body: [{ do: "run", name: "again", returns: "$i" }] },
    ]);
    expect(run.status, JSON.stringify(run)).toBe("completed");
    const [charge, rest, told, heard, ...others] = run.output;
    expect(charge).toEqual({ id: "ch_1", odd: [1.5, "é😀", null, {}, []] });
    expect([rest, told, heard.data]).toEqual([null, null, { order: 42 }]);
    expect(others).toEqual([null, [1], 0, 1]);
    expect(ran).toEqual(["charge", "inside", "again", "again"]);
  });

  test("a failure is tried again, caught, or final", async () => {
    const throws = { name: "CardError", message: "declined" };
    const run = await play([
      { do: "run", name: "twice", returns: "$attempt", throws: { ...throws, retry_after_ms: 1 }, fails: 1 },
      { do: "run", name: "never", throws: { ...throws, retry: false }, catch: true },
      { do: "run", name: "hidden", returns: 1, swallow: true },
      { do: "run", name: "final", throws: { ...throws, retry: false } },
    ]);
    expect(run.status, JSON.stringify(run)).toBe("failed");
    expect(run.failure).toMatchObject({ name: "CardError", message: "declined" });
    expect(ran).toEqual(["twice", "twice", "never", "hidden", "final"]);
  });

  test("branches run at the same time, each to its end", async () => {
    const slow = (name: string) => ({ do: "run", name, returns: name, delay_ms: 150 });
    const run = await play([
      { do: "parallel", branches: [[slow("a"), slow("b")], [slow("c")], [{ do: "sleep", name: "d", ms: 1 }]] },
    ]);
    expect(run.status, JSON.stringify(run)).toBe("completed");
    expect(run.output).toEqual([[["a", "b"], ["c"], [null]]]);
    expect([...ran].sort()).toEqual(["a", "b", "c"]);
    expect(ran.at(-1)).toBe("b");
  });

  test("a race is won once, and what the others have open goes", async () => {
    const run = await play([
      {
        do: "race",
        branches: [
          [{ do: "wait", name: "slow", event: "never", timeout_ms: 3_600_000 }],
          [
            { do: "sleep", name: "fast", ms: 10 },
            { do: "run", name: "won", returns: "won" },
          ],
        ],
      },
      { do: "run", name: "after", returns: "$last" },
    ]);
    expect(run.status, JSON.stringify(run)).toBe("completed");
    expect(run.output).toEqual([[null, "won"], [null, "won"]]);
    expect(ran).toEqual(["won", "after"]);
  });

  test("a signal reaches the one that waits for it", async () => {
    const run = await begin([{ do: "signal", name: "approval", key: "order-42", timeout_ms: 20_000 }]);
    const sent = await engine.call("POST", `${path}/signals/order-42`, { data: { by: "ann" } });
    expect(sent.status, sent.text).toBeLessThan(300);
    expect(await ended(run)).toMatchObject({ status: "completed" });
  });

  test("code that changed under a run pauses it", async () => {
    const { status, failure } = await play([{ do: "nonsense" }]);
    expect({ status, name: failure.name }).toEqual({ status: "failed", name: "UnknownStatementError" });
  });
});
