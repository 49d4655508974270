import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../../../test/support/postgres.ts";
import {
  isConflict,
  isConnectionLoss,
  isDataError,
  isServerTrouble,
  isUnknownOutcome,
  sqlState,
} from "./database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase({ empty: true, max: 2 });
  await database.sql.unsafe("create table numbers (number int primary key)");
});
afterAll(() => database.drop());

const questions = { isConnectionLoss, isServerTrouble, isUnknownOutcome, isConflict, isDataError };
const answers = (error: unknown) =>
  Object.entries(questions).flatMap(([name, question]) => (question(error) ? [name] : []));

test.for([
  ["22P02", "select 'x'::int", ["isDataError"]],
  ["22003", "select 100000::int2", ["isDataError"]],
  ["23505", "insert into numbers values (1), (1)", ["isDataError"]],
  ["40001", "do $$ begin raise exception 'x' using errcode = '40001'; end $$", ["isConflict"]],
  ["40P01", "do $$ begin raise exception 'x' using errcode = '40P01'; end $$", ["isConflict"]],
  ["55P03", "do $$ begin raise exception 'x' using errcode = '55P03'; end $$", ["isConflict"]],
  [
    "57P03",
    "do $$ begin raise exception 'x' using errcode = '57P03'; end $$",
    ["isConnectionLoss", "isServerTrouble"],
  ],
  ["53100", "do $$ begin raise exception 'x' using errcode = '53100'; end $$", ["isServerTrouble"]],
  ["58030", "do $$ begin raise exception 'x' using errcode = '58030'; end $$", ["isServerTrouble"]],
  [
    "53300",
    "do $$ begin raise exception 'x' using errcode = '53300'; end $$",
    ["isConnectionLoss", "isServerTrouble"],
  ],
  [
    "08006",
    "do $$ begin raise exception 'x' using errcode = '08006'; end $$",
    ["isConnectionLoss", "isUnknownOutcome"],
  ],
  [
    "57P01",
    "do $$ begin raise exception 'x' using errcode = '57P01'; end $$",
    ["isConnectionLoss", "isServerTrouble", "isUnknownOutcome"],
  ],
  ["57014", "set statement_timeout = 1; select pg_sleep(1)", ["isServerTrouble"]],
  ["42P01", "select * from nothing", []],
] as const)("%s from `%s` is %j", async ([state, statement, expected]) => {
  const error = await database.sql.unsafe(statement).catch((error: unknown) => error);
  expect(sqlState(error)).toBe(state);
  expect(answers(error)).toEqual(expected);
});

test.for([
  ["CONNECTION_CLOSED", ["isConnectionLoss", "isUnknownOutcome"]],
  ["CONNECTION_DESTROYED", ["isConnectionLoss", "isUnknownOutcome"]],
  ["CONNECTION_ENDED", ["isConnectionLoss"]],
  ["CONNECT_TIMEOUT", ["isConnectionLoss"]],
  ["ECONNREFUSED", ["isConnectionLoss"]],
  ["ECONNRESET", ["isConnectionLoss", "isUnknownOutcome"]],
  ["EPIPE", ["isConnectionLoss", "isUnknownOutcome"]],
  ["ERR_ASSERTION", []],
] as const)("%s from the driver is %j", ([code, expected]) => {
  const error = Object.assign(new Error("x"), { code });
  expect(answers(error)).toEqual(expected);
  expect(sqlState(error)).toBeNull();
});

test("what is not an error answers no to everything", () => {
  for (const value of [null, undefined, "40001", 1, new Error("40001")]) {
    expect([sqlState(value), ...answers(value)]).toEqual([null]);
  }
});
