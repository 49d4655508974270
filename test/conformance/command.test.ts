// The command as whoever ports meets it: what it says when it cannot begin, and how it ends.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runKit } from "@durable/conformance";
import { DEV_SECRET } from "@durable/protocol/wire";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../chaos/free-port.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait.ts";

const COMMAND = fileURLToPath(
  new URL("../../protocol/conformance/bin/durable-conformance.js", import.meta.url),
);
const FIXTURE = fileURLToPath(new URL("apps/typescript.ts", import.meta.url));
const START = `exec "${process.execPath}" "${FIXTURE}"`;
const OTHER_SECRET = "whsec_b25lIHRoYXQgdGhlIGFwcCBkb2VzIG5vdCBoYXZl";
const folder = tempFolder("command");

interface End {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

function command(...args: string[]): Promise<End> {
  return new Promise((resolve) => {
    const { DURABLE_SECRET: _, ...env } = process.env;
    execFile(process.execPath, [COMMAND, "--listen", "0", ...args], { env }, (failure, out, error) =>
      resolve({ code: failure === null ? 0 : Number(failure.code), out, error }),
    );
  });
}

async function listen(route: RequestListener): Promise<string> {
  const server = createServer(route);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/durable`;
}

describe("nothing is played, and a sentence says why, when", () => {
  test("nobody listens", async () => {
    const end = await command(`http://127.0.0.1:${await freePort()}/`);
    expect(end.code).toBe(2);
    expect(end.error).toMatch(/^Nobody listens at http:\S+\. Start the app under test first/);
  });

  test("the app has another secret", async () => {
    const url = await listen(serve({ app: "conformance", functions: [], secret: OTHER_SECRET }));
    const end = await command(url);
    expect(end.code).toBe(2);
    expect(end.error).toContain("answers 401 to a request that is signed well. Does the app have the secret");
    expect(end.out).toBe("");
  });

  test("the path is another one", async () => {
    const end = await command(await listen((_, response) => response.writeHead(404).end()));
    expect(end.code).toBe(2);
    expect(end.error).toContain("answers 404. Is that the path");
  });

  test("the fixture is not there", async () => {
    const fn = createFunction({ id: "shop", handler: () => null });
    const url = await listen(serve({ app: "shop", functions: [fn], secret: DEV_SECRET }));
    const end = await command(url);
    expect(end.code).toBe(2);
    expect(end.error).toContain('serves app "shop" with "shop", and the kit needs app "conformance"');
  });

  test("what --start began does not stay", async () => {
    const end = await command(
      `http://127.0.0.1:${await freePort()}/`,
      "--start",
      "echo no such luck; exit 3",
    );
    expect(end.code).toBe(2);
    expect(end.error).toContain("ended before it listened");
    expect(end.error).toContain("no such luck");
  });

  test("somebody else answers where --start is to begin the app", async () => {
    const url = await listen(serve({ app: "conformance", functions: [], secret: DEV_SECRET }));
    const begun = join(folder, "begun");
    const end = await command(url, "--start", `touch "${begun}"; exec sleep 60`);
    expect(end.code).toBe(2);
    expect(end.error).toContain(`Something answers at ${new URL(url).origin} already`);
    expect(existsSync(begun)).toBe(false);
  });

  test("the port for callbacks is taken", async () => {
    const { port } = new URL(await listen(() => {}));
    const end = await command("http://127.0.0.1:1/", "--listen", port);
    expect(end.code).toBe(2);
    expect(end.error).toContain(`Port ${port} is taken; choose another one with --listen`);
  });

  test("the app hangs", async () => {
    const url = await listen(() => {});
    const kit = runKit({
      url,
      secret: DEV_SECRET,
      listen: { host: "127.0.0.1", port: 0 },
      patienceMs: 200,
    });
    await expect(kit).rejects.toThrow(/Nothing was heard of the app for 0\.2 s/);
  });

  test.each([
    ["there is no URL", [], /Name the URL/],
    ["the level is none", ["http://127.0.0.1:1/", "--level", "9"], /--level is 0, 1 or 2/],
    ["the file of gaps is none", ["http://127.0.0.1:1/", "--gaps", FIXTURE], /cannot be read as JSON/],
    ["an option is unknown", ["http://127.0.0.1:1/", "--colour"], /--colour/],
  ])("%s", async (_, args, said) => {
    const end = await command(...(args as string[]));
    expect(end.code).toBe(2);
    expect(end.error).toMatch(said as RegExp);
  });
});

test("all that was chosen passes: 0, with reports for people and for machines", async () => {
  const [json, junit, badge] = ["report.json", "junit.xml", "badge.svg"].map((name) => join(folder, name));
  const end = await command(
    `http://127.0.0.1:${await freePort()}/api/durable`,
    ...["--start", START, "--case", "L0-serial", "--case", "L0-loop", "--no-mutations"],
    ...["--json", json!, "--junit", junit!, "--badge", badge!],
  );
  expect(end).toMatchObject({ code: 0, error: "" });
  expect(end.out).toMatch(/^✓ L0-serial$/m);
  expect(end.out).toContain("2 passed, 0 failed, 0 not implemented");
  const report = JSON.parse(readFileSync(json!, "utf8"));
  expect(report.results.map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual([
    ["L0-serial", "PASSED"],
    ["L0-loop", "PASSED"],
  ]);
  expect(readFileSync(junit!, "utf8")).toContain('tests="2" failures="0"');
  expect(readFileSync(badge!, "utf8")).toContain("<svg");
});

test("a declared gap that is none any more is a failure: 1, with what to do", async () => {
  const gaps = join(folder, "gaps.json");
  writeFileSync(
    gaps,
    JSON.stringify({ "L0-serial": "There are no steps yet.", "L0-no-such": "What is it?" }),
  );
  const end = await command(
    `http://127.0.0.1:${await freePort()}/api/durable`,
    ...["--start", START, "--case", "L0-serial", "--gaps", gaps],
  );
  expect(end.code).toBe(1);
  expect(end.out).toContain("take the line out of the file of gaps");
  expect(end.out).toContain("FAILED L0-no-such");
});

test("an app that is not told where the kit is fails with that sentence", async () => {
  const url = await listen(
    serve({
      app: "conformance",
      functions: [createFunction({ id: "conformance", handler: () => 1 })],
      secret: DEV_SECRET,
    }),
  );
  const end = await command(url, "--case", "L1-pages");
  expect(end.code).toBe(1);
  expect(end.out).toMatch(
    /the app never called the kit, which listens at \S+: was it started with DURABLE_URL=/,
  );
});

// Whoever started the kit may be killed: a test that took too long, a job that was cancelled.
test.each(["SIGKILL", "SIGTERM"] as const)("the app ends with the kit that %s ends", async (signal) => {
  const url = new URL(`http://127.0.0.1:${await freePort()}/api/durable`);
  const pidFile = join(folder, `pid-${signal}`);
  // The shell stays, and what it starts is the app: both end.
  const start = `"${process.execPath}" "${FIXTURE}" & echo $! $$ > "${pidFile}"; wait`;
  const kit = spawn(process.execPath, [COMMAND, "--listen", "0", url.href, "--start", start], {
    stdio: "ignore",
  });
  const kitEnded = once(kit, "exit");
  onTestFinished(() => {
    kit.kill("SIGKILL");
  });
  await waitFor("the app to answer", () => isAnswered(url));
  const pids = readFileSync(pidFile, "utf8").trim().split(" ").map(Number);
  kit.kill(signal);
  await kitEnded;
  await waitFor("the app to end", () => pids.every((pid) => !isAlive(pid)));
});

test("--list names every case and runs none", async () => {
  const end = await command("--list");
  expect(end.code).toBe(0);
  expect(end.out.split("\n").length).toBeGreaterThan(100);
});

async function isAnswered(url: URL): Promise<boolean> {
  try {
    return (await fetch(url)).status === 405;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
