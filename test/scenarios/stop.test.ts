// An engine that is told to stop while its database is in trouble stops all the same: a process that stays behind keeps
// its port until somebody kills it.
import { expect, test } from "vitest";
import { startEngine } from "./api-engine.ts";

test("a stop whose last word does not reach the database is a stop, and says what the others do about it", async () => {
  const { database, logged, stop } = await startEngine();
  await database.sql`drop function durable.leave_engine(int)`;
  await stop();
  expect(logged.join("")).toContain("the others could not be told that this engine has left");
});
