import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, expect, test } from "vitest";
import {
  type Change,
  type ReadTo,
  readChanges,
  readToNow,
  rotateChanges,
} from "../../engine/src/store/changes.ts";
import { isConflict } from "../../engine/src/store/database.ts";
import { Random } from "../chaos/random.ts";
import { createDatabase } from "../support/postgres.ts";
import { waitFor } from "../support/wait.ts";

const database = await createDatabase();
const { host, port, user, database: name } = database.address;
const writers = postgres({
  host,
  port,
  user,
  database: name,
  max: 12,
  fetch_types: false,
  onnotice: () => {},
});
afterAll(async () => {
  await writers.end({ timeout: 1 });
  await database.drop();
});

const WORKSPACE = 1;
const subjects = (changes: readonly Change[]) => changes.map(({ subject }) => Number(subject));
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

/** Transactions that take their numbers early and late, stay open for random times, and some of which are given up. */
async function write(
  writer: number,
  random: Random,
  isOver: () => boolean,
  written: number[],
): Promise<void> {
  for (let no = 0; !isOver(); no += 1) {
    const mine: number[] = [];
    const isKept = random.chance(0.8);
    await writers
      .begin(async (sql) => {
        if (random.chance(0.5)) await sql`select pg_current_xact_id()`;
        await sleep(random.chance(0.1) ? random.int(0, 150) : random.int(0, 4));
        for (let row = random.int(1, 4); row > 0; row -= 1) {
          const subject = writer * 1_000_000 + no * 10 + row;
          const workspace = random.chance(0.9) ? WORKSPACE : WORKSPACE + 1;
          await sql`insert into durable.changes (workspace_id, kind, subject) values (${workspace}, 'test', ${String(subject)})`;
          if (workspace === WORKSPACE) mine.push(subject);
          await sleep(random.int(0, 3));
        }
        if (!isKept) throw new Error("given up");
      })
      .then(() => written.push(...mine))
      .catch((error: Error) => {
        if (error.message !== "given up") throw error;
      });
  }
}

test("whatever stays open for how long, a reader is told every change once, also across rotations and in turn by others", {
  timeout: 120_000,
}, async () => {
  const random = new Random("changes 38");
  const start = await readToNow(database);
  const written: number[] = [];
  const isOver = () => written.length >= 400;
  const writing = Array.from({ length: 8 }, (_, writer) =>
    write(writer, random.fork(writer), isOver, written),
  );
  // One that is open all the time holds up nobody.
  const long = writers.begin(async (sql) => {
    await sql`select pg_current_xact_id()`;
    while (!isOver()) await sleep(20);
  });
  const rotated: boolean[] = [];
  const rotating = (async () => {
    await waitFor("changes to move aside", () => written.length >= 150);
    await rotateChanges(database, 0, 0)
      .then((done) => rotated.push(done))
      .catch((error) => expect(isConflict(error)).toBe(true));
  })();

  let to: ReadTo = start;
  const told: number[] = [];
  const cursors: { readonly to: ReadTo; readonly told: number }[] = [];
  let mostHeldBack = 0;
  const read = async () => {
    const { changes, lost, to: next } = await readChanges(database, to, [WORKSPACE]);
    expect(lost).toBe(null);
    to = next;
    told.push(...subjects(changes));
    cursors.push({ to, told: told.length });
    const [, , underWay] = to.snapshot.split(":");
    mostHeldBack = Math.max(mostHeldBack, underWay!.split(",").length);
  };
  while (!isOver()) {
    await read();
    await sleep(random.int(0, 30));
  }
  await Promise.all([...writing, long, rotating]);
  await read();

  expect(sorted(told)).toEqual(sorted(written));
  expect(new Set(told).size).toBe(told.length);
  expect(mostHeldBack).toBeGreaterThan(1);
  // Whoever was cut off anywhere hears the rest, each once, up to where the others are.
  for (const cursor of [cursors[0]!, random.pick(cursors), random.pick(cursors)]) {
    const { changes, lost } = await readChanges(database, cursor.to, [WORKSPACE], to);
    expect(lost).toBe(null);
    expect(sorted(subjects(changes))).toEqual(sorted(told.slice(cursor.told)));
  }
});

test("who has not seen the rotation that moved aside what was dropped is told so, and nobody else", async () => {
  const before = await readToNow(database);
  const rotate = () =>
    waitFor("a rotation", () =>
      rotateChanges(database, 0, 0).catch((error) => {
        if (!isConflict(error)) throw error;
      }),
    );
  await rotate();
  const between = await readToNow(database);
  expect((await readChanges(database, before, [WORKSPACE])).lost).toBe(null);
  await rotate();
  expect((await readChanges(database, before, [WORKSPACE])).lost).toBe("old");
  expect((await readChanges(database, between, [WORKSPACE])).lost).toBe(null);
});

test("an epoch ends with what an unlogged table loses, and with a row that another transaction wrote", async () => {
  const before = await readToNow(database);
  // As a dump brings it back.
  await database.sql`with e as (delete from durable.epochs returning id, xid) insert into durable.epochs select id, xid from e`;
  const read = await readChanges(database, before, [WORKSPACE]);
  expect(read.lost).toBe("old");
  expect(read.to.epoch).not.toBe(before.epoch);
  expect((await readChanges(database, read.to, [WORKSPACE])).lost).toBe(null);
  // As a crash leaves it.
  await database.sql`truncate durable.epochs`;
  expect((await readChanges(database, read.to, [WORKSPACE])).lost).toBe("old");
});

test("of two states the one that saw more has the higher revision", async () => {
  const revision = async () =>
    (await database.sql<{ rev: number }[]>`select durable.revision()::float8 as rev`)[0]!.rev;
  const open = await writers.reserve();
  await open`begin`;
  await open`insert into durable.changes (workspace_id, kind) values (9, 'test')`;
  const first = await revision();
  await database.sql`insert into durable.changes (workspace_id, kind) values (9, 'test')`;
  const second = await revision();
  expect(second).toBeGreaterThan(first);
  await open`commit`;
  open.release();
  expect(await revision()).toBeGreaterThan(second);
});
