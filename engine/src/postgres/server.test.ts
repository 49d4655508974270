import { type ChildProcess, fork } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { tempFolder } from "../../../test/support/temp-folder.ts";
import { waitFor, within } from "../../../test/support/wait.ts";
import { openDatabase } from "../store/database.ts";
import { commandOf, isAlive, isServerOf, parentOf } from "./process-table.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./server.ts";

const started: EmbeddedPostgres[] = [];
const engines: ChildProcess[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) engine.kill("SIGKILL");
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function start(dataDir: string, lines: string[] = []): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
  started.push(server);
  return server;
}

/** Longer than an engine itself waits for a server: what is wrong then is told by the engine, not by the test. */
const PATIENCE_MS = 90_000;

/** An engine in a process of its own. */
async function startElsewhere(dataDir: string) {
  const engine = fork(new URL("./server-process.fixture.ts", import.meta.url), [dataDir], { execArgv: [] });
  engines.push(engine);
  const ready = await within(
    "an engine to start its server",
    new Promise<{ pid: number; adopted: boolean }>((resolve, reject) => {
      engine.on("message", (message: { pid?: number; adopted?: boolean }) => {
        if (message.pid !== undefined) resolve(message as { pid: number; adopted: boolean });
      });
      engine.once("exit", (code) => reject(new Error(`It ended with ${code}.`)));
    }),
    PATIENCE_MS,
  );
  const gone = new Promise<void>((resolve) => engine.once("exit", () => resolve()));
  return {
    ...ready,
    kill: () => {
      engine.kill("SIGKILL");
      return gone;
    },
    stop: () => {
      engine.send("stop");
      return gone;
    },
  };
}

async function ask(server: EmbeddedPostgres, statement: string): Promise<unknown[]> {
  const database = openDatabase({ url: server.url, max: 1, applicationName: "test" });
  try {
    return [...(await database.sql.unsafe(statement))];
  } finally {
    await database.end();
  }
}

const ended = (pid: number) => waitFor(`process ${pid} to end`, () => !isAlive(pid));
const keepServer = "create table kept (number int); insert into kept values (42)";
const readKept = "select number from kept";

test("data is kept between starts, and nothing is left running after a stop", async () => {
  const dataDir = tempFolder("server");
  const first = await start(dataDir);
  expect(first.adopted).toBe(false);
  await ask(first, keepServer);
  await first.stop();
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  expect(existsSync(join(dataDir, "pgdata", "postmaster.pid"))).toBe(false);

  const second = await start(dataDir);
  expect(await ask(second, readKept)).toEqual([{ number: 42 }]);
  const [{ encoding, fsync }] = (await ask(
    second,
    "select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync",
  )) as [{ encoding: string; fsync: string }];
  expect({ encoding, fsync }).toEqual({ encoding: "UTF8", fsync: "on" });
});

test.for([
  ["with spaces, commas and quotes", `it's "my" data, really`],
  ["too long for a socket", "long-".repeat(30)],
])("a folder %s works", async ([, name]) => {
  const dataDir = join(tempFolder("server"), name!);
  const server = await start(dataDir);
  expect(await ask(server, "select 1 as one")).toEqual([{ one: 1 }]);
  expect(Buffer.byteLength(join(server.options.host, ".s.PGSQL.5432"))).toBeLessThanOrEqual(103);
  expect(statSync(server.options.host).mode & 0o077).toBe(0);
  await server.stop();
  expect(existsSync(join(server.options.host, ".s.PGSQL.5432"))).toBe(false);
  if (name!.startsWith("long")) expect(existsSync(server.options.host)).toBe(false);
});

test("a private parent folder is no obstacle for a server that runs as somebody else", async () => {
  const parent = tempFolder("server");
  chmodSync(parent, 0o700);
  const server = await start(join(parent, "data"));
  await ask(server, keepServer);
  await server.stop();
  expect(await ask(await start(join(parent, "data")), readKept)).toEqual([{ number: 42 }]);
});

test("when its engine is killed the server shuts down cleanly", async () => {
  const dataDir = tempFolder("server");
  const engine = await startElsewhere(dataDir);
  await engine.kill();
  await ended(engine.pid);
  expect(readFileSync(join(dataDir, "postgres.log"), "utf8")).toContain("database system is shut down");
  expect(existsSync(join(dataDir, "pgdata", "postmaster.pid"))).toBe(false);
});

test("a start right after the engine was killed waits for the old server and has its data", async () => {
  const dataDir = tempFolder("server");
  for (let round = 0; round < 3; round += 1) {
    const engine = await startElsewhere(dataDir);
    await engine.kill();
    const next = await start(dataDir);
    expect(next.adopted).toBe(false);
    expect(await ask(next, "select 1 as one")).toEqual([{ one: 1 }]);
    await next.stop();
  }
});

test("a start right after engine and server were killed recovers what was committed", async () => {
  const dataDir = tempFolder("server");
  const first = await start(dataDir);
  await ask(first, keepServer);
  await first.stop();
  const engine = await startElsewhere(dataDir);
  process.kill(engine.pid, "SIGKILL");
  await engine.kill();
  const next = await start(dataDir);
  expect(await ask(next, readKept)).toEqual([{ number: 42 }]);
});

test("a second engine uses the first one's server, and starts its own when that one stops", async () => {
  const dataDir = tempFolder("server");
  const engine = await startElsewhere(dataDir);
  const lines: string[] = [];
  const second = await start(dataDir, lines);
  expect(second.adopted).toBe(true);
  expect(second.pid).toBe(engine.pid);
  await ask(second, keepServer);

  await engine.stop();
  await waitFor("a server of its own", () => !second.adopted);
  expect(second.pid).not.toBe(engine.pid);
  expect(await ask(second, readKept)).toEqual([{ number: 42 }]);
  expect(lines).toEqual([
    "The embedded Postgres went away; starting it again.",
    `The embedded Postgres is back (process ${second.pid}).`,
  ]);
});

test("an engine that uses another's server leaves it running when it stops", async () => {
  const dataDir = tempFolder("server");
  const engine = await startElsewhere(dataDir);
  const second = await start(dataDir);
  await second.stop();
  expect(isAlive(engine.pid)).toBe(true);
  await engine.stop();
  await ended(engine.pid);
});

test(
  "several engines that start at once on an empty folder share one server",
  async () => {
    const dataDir = tempFolder("server");
    const servers = await Promise.all([start(dataDir), startElsewhere(dataDir), startElsewhere(dataDir)]);
    expect(new Set(servers.map((server) => server.pid)).size).toBe(1);
    expect(servers.filter((server) => !server.adopted).length).toBe(1);
  },
  // Each of the three makes a cluster, and one is kept: that is the time of a machine with few cores.
  PATIENCE_MS + 10_000,
);

test("a server that is killed is started again at the same address", async () => {
  const server = await start(tempFolder("server"));
  await ask(server, keepServer);
  const before = server.pid;
  process.kill(before, "SIGKILL");
  await waitFor("another server", () => server.pid !== before);
  expect(await ask(server, readKept)).toEqual([{ number: 42 }]);
});

test("a server that lost engine and keeper is stopped cleanly and replaced", async () => {
  const dataDir = tempFolder("server");
  const engine = await startElsewhere(dataDir);
  killKeeper(engine.pid);
  await engine.kill();
  const next = await start(dataDir);
  expect(next.adopted).toBe(false);
  expect(next.pid).not.toBe(engine.pid);
  // Alive would be true of a zombie that the system has not buried yet.
  expect(isServerOf(engine.pid, join(dataDir, "pgdata"))).toBe(false);
});

/** The keeper and the shell that reads for it: both, as the kernel would when memory is short. */
function killKeeper(server: number): void {
  const keeper = parentOf(server)!;
  const reader = Number(
    readFileSync(`/proc/${keeper}/task/${keeper}/children`, "utf8")
      .split(" ")
      .find((pid) => Number(pid) !== server && pid !== ""),
  );
  expect(commandOf(keeper)).toContain("durable-postgres-keeper");
  process.kill(reader, "SIGKILL");
  process.kill(keeper, "SIGKILL");
}

test("a lock file that names a process which is something else is no obstacle", async () => {
  const dataDir = tempFolder("server");
  const first = await start(dataDir);
  await first.stop();
  writeFileSync(
    join(dataDir, "pgdata", "postmaster.pid"),
    `${process.pid}\n${dataDir}/pgdata\n1\n5432\n\n\n 1 1\nready\n`,
  );
  expect(await ask(await start(dataDir), "select 1 as one")).toEqual([{ one: 1 }]);
});

test("what an initdb that was killed left behind is removed", async () => {
  const dataDir = tempFolder("server");
  const leftover = join(dataDir, "pgdata.new-4194305");
  mkdirSync(leftover);
  await start(dataDir);
  expect(existsSync(leftover)).toBe(false);
});

test("data of another major version is refused in one sentence", async () => {
  const dataDir = tempFolder("server");
  mkdirSync(join(dataDir, "pgdata"), { mode: 0o700 });
  writeFileSync(join(dataDir, "pgdata", "PG_VERSION"), "15\n");
  await expect(start(dataDir)).rejects.toThrow(
    /was made by Postgres 15 and the embedded server is Postgres 18; move the folder/,
  );
});

test("a folder of other files is refused in one sentence", async () => {
  const dataDir = tempFolder("server");
  mkdirSync(join(dataDir, "pgdata"), { mode: 0o700 });
  writeFileSync(join(dataDir, "pgdata", "notes.txt"), "mine");
  await expect(start(dataDir)).rejects.toThrow(/holds files but no database/);
  expect(existsSync(join(dataDir, "pgdata", "notes.txt"))).toBe(true);
});

test("a folder that cannot be made is refused in one sentence", async () => {
  const file = join(tempFolder("server"), "file");
  writeFileSync(file, "");
  await expect(start(join(file, "data"))).rejects.toThrow(/Cannot write to .*DURABLE_DATA_DIR/);
});

test("a setting the server does not know is told with its reason and its log", async () => {
  const dataDir = tempFolder("server");
  const failing = startEmbeddedPostgres({ dataDir, log: () => {}, settings: { shared_buffer: "1MB" } });
  await expect(failing).rejects.toThrow(
    /did not start: unrecognized configuration parameter "shared_buffer" \(log: .*postgres\.log\)\./,
  );
});
