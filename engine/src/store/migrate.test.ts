import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/support/postgres.ts";
import { tempFolder } from "../../../test/support/temp-folder.ts";
import { waitFor } from "../../../test/support/wait.ts";
import { isConnectionLoss } from "./database.ts";
import { migrate, readMigrations } from "./migrate.ts";

let database: TestDatabase;
let admin: TestDatabase;
let folder: string;
beforeAll(async () => {
  admin = await createDatabase({ empty: true, max: 1 });
});
afterAll(() => admin.drop());
beforeEach(async () => {
  database = await createDatabase({ empty: true, max: 2 });
  folder = tempFolder("migrations");
  return () => database.drop();
});

const FIRST = "create schema durable; create table durable.things (id int);";
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
const run = async () => {
  const lines: string[] = [];
  await migrate({ database, folder, log: (line) => lines.push(line) });
  return lines;
};
const applied = async () =>
  (await database.sql`select number, name from durable.migrations order by number`).map(
    (row) => `${row["number"]} ${row["name"]}`,
  );

test("this package's migrations apply to an empty database, once", async () => {
  const lines: string[] = [];
  await migrate({ database, log: (line) => lines.push(line) });
  expect(lines.length).toBe(readMigrations().length);
  await migrate({ database, log: () => expect.fail("nothing is left to do") });
});

test("new files are applied in order, one line each", async () => {
  write("0001-things.sql", FIRST);
  expect(await run()).toEqual(["Migrated the database: 1 things."]);
  write("0002-more.sql", "alter table durable.things add name text;");
  write(
    "0003-most.sql",
    "alter table durable.things rename name to title -- no semicolon, and a comment at the end",
  );
  expect(await run()).toEqual(["Migrated the database: 2 more.", "Migrated the database: 3 most."]);
  expect(await run()).toEqual([]);
  expect(await applied()).toEqual(["1 things", "2 more", "3 most"]);
});

test("a file that fails leaves nothing behind, and the files before it stay", async () => {
  write("0001-things.sql", FIRST);
  write("0002-broken.sql", "create table durable.half (id int); select 1 / 0;");
  await expect(run()).rejects.toThrow("Migration 0002-broken.sql failed: division by zero");
  expect(await applied()).toEqual(["1 things"]);
  const [half] = await database.sql`select to_regclass('durable.half') as found`;
  expect(half).toEqual({ found: null });
});

test("two processes at once on an empty database: each file is applied once and both are content", async () => {
  for (let round = 0; round < 3; round += 1) {
    const shared = await createDatabase({ empty: true, max: 1 });
    const processes = await Promise.all([migrateInProcess(shared.url), migrateInProcess(shared.url)]);
    const lines = processes.flat().sort();
    const [row] = await shared.sql`select count(*)::int as count from durable.migrations`;
    await shared.drop();
    expect(row).toEqual({ count: readMigrations().length });
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.length).toBe(readMigrations().length);
  }
});

/** Runs migrate() in a process of its own and answers what it logged. */
function migrateInProcess(url: string): Promise<string[]> {
  const child = fork(new URL("./migrate-process.fixture.ts", import.meta.url), [url], { execArgv: [] });
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    child.on("message", (line) => lines.push(String(line)));
    child.once("exit", (code) =>
      code === 0 ? resolve(lines) : reject(new Error(`migrate ended with ${code}`)),
    );
  });
}

test("killed in the middle of a file: it did not happen, and the next start does it", async () => {
  write("0001-things.sql", FIRST);
  write(
    "0002-slow.sql",
    "create table durable.half (id int); select pg_sleep(30); create table durable.whole (id int);",
  );
  const failed = run().catch((error: unknown) => error);
  await waitFor("the migration to sleep", async () => {
    const [row] = await admin.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${database.address.database} and wait_event = 'PgSleep'`;
    return row;
  });
  const error = await failed;
  expect(isConnectionLoss((error as Error).cause)).toBe(true);
  expect(await applied()).toEqual(["1 things"]);
  expect([...(await database.sql`select to_regclass('durable.half') as found`)]).toEqual([{ found: null }]);

  write("0002-slow.sql", "create table durable.half (id int); create table durable.whole (id int);");
  expect(await run()).toEqual(["Migrated the database: 2 slow."]);
});

test("an edited old file is refused by name", async () => {
  write("0001-things.sql", FIRST);
  await run();
  write("0001-things.sql", `${FIRST} -- edited`);
  await expect(run()).rejects.toThrow(
    /Migration 0001-things was applied to this database with other contents.*restore the file/,
  );
});

test("a database newer than the code is refused", async () => {
  write("0001-things.sql", FIRST);
  await run();
  await database.sql`insert into durable.migrations (number, name, sha256) values (2, 'future', 'x')`;
  await expect(run()).rejects.toThrow(
    /has migration 2 \(future\) and this version of the engine knows only 1; run the newer version/,
  );
});

test("gaps, doubles and transactions of their own are refused before anything is applied", async () => {
  write("0001-things.sql", FIRST);
  write("0003-gap.sql", "select 1;");
  await expect(run()).rejects.toThrow("0003-gap.sql should be number 2");
  write("0002-own.sql", "begin; create table durable.x (id int); commit;");
  await expect(run()).rejects.toThrow(/0002-own.sql .*"begin".*one transaction/);
  expect([...(await database.sql`select to_regclass('durable.migrations') as found`)]).toEqual([
    { found: null },
  ]);
});

test("a folder without migrations is one sentence", async () => {
  mkdirSync(join(folder, "empty"));
  await expect(migrate({ database, folder: join(folder, "empty"), log: () => {} })).rejects.toThrow(
    "holds no migrations",
  );
});
