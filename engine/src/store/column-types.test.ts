import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/support/postgres.ts";
import { ARRAY_OID } from "./database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase({ empty: true, max: 1 });
});
afterAll(() => database.drop());

test("int8 is a number as long as that is exact, then its digits", async () => {
  const [row] = await database.sql`
    select 9007199254740991::int8 as safe, 9007199254740992::int8 as unsafe, (-9223372036854775808)::int8 as least, null::int8 as none`;
  expect(row).toEqual({
    safe: 9007199254740991,
    unsafe: "9007199254740992",
    least: "-9223372036854775808",
    none: null,
  });
});

test.for([
  [
    "text",
    [
      "a",
      "",
      "NULL",
      "null",
      'say "hi"',
      "back\\slash",
      "a,b",
      "{}",
      "{",
      "}",
      " ",
      "é 🎉",
      "line\nbreak",
      null,
    ],
  ],
  ["text", []],
  ["uuid", ["0198c0de-0000-7000-8000-000000000001", null]],
  ["int4", [1, -2, null]],
  ["int8", [1, "9007199254740993", null]],
  ["float8", [1.5, 1e300, -0.1, Infinity, null]],
  ["varchar", ["x"]],
] as const)("%s[] comes back as it went in: %j", async ([type, values]) => {
  const [row] = await database.sql<
    { values: unknown[] }[]
  >`select ${database.sql.typed([...values], ARRAY_OID[type])} as values`;
  expect(row!.values).toEqual(values);
});

test("arrays whose type the driver would guess wrongly are named", async () => {
  const at = new Date("2026-01-02T03:04:05.678Z");
  const { sql } = database;
  const [row] = await sql`select
    ${sql.typed([true, false, null], ARRAY_OID.bool)} as bools,
    ${sql.typed([at, null], ARRAY_OID.timestamptz)} as times,
    ${sql.typed([{ a: ['"', null] }, [1]], ARRAY_OID.jsonb)} as documents,
    ${sql.typed([Buffer.from([0, 255]), null], ARRAY_OID.bytea)} as bytes`;
  expect(row).toEqual({
    bools: [true, false, null],
    times: [at, null],
    documents: [{ a: ['"', null] }, [1]],
    bytes: [Buffer.from([0, 255]), null],
  });
});

test("plain arrays with a cast need no name", async () => {
  const [row] = await database.sql`select ${["x", null]}::text[] as texts, ${[1, 2]}::int[] as numbers`;
  expect(row).toEqual({ texts: ["x", null], numbers: [1, 2] });
});

test("undefined in an array is the caller's mistake, not NULL", async () => {
  const broken = database.sql`select ${database.sql.typed([undefined], ARRAY_OID.text)}`;
  await expect(broken).rejects.toThrow("undefined");
  expect([...(await database.sql`select 1 as one`)]).toEqual([{ one: 1 }]);
});
