import { expect, test } from "vitest";
import { cronProblem, timeZoneProblem } from "./cron.ts";

test.each([
  "* * * * *",
  "0 9 * * *",
  "*/15 9-17 * * mon-fri",
  "0,30 8/2 1,15 JAN-JUN *",
  "0 0 29 2 *",
  "0 0 31 * 7",
  "5 */10 * * * *",
  "0 0 30 2 mon",
])("%s is a cron line", (text) => expect(cronProblem(text)).toBe(null));

test.each([
  ["61 * * * *", '"61" is no minute from 0 to 59'],
  ["* * * *", "it has 4 fields, and there are five"],
  ["@daily", "it has 1 field, and there are five"],
  ["0 24 * * *", '"24" is no hour from 0 to 23'],
  ["0 0 0 * *", '"0" is no day of the month from 1 to 31'],
  ["0 0 * * funday", '"funday" is no day of the week from 0 to 7'],
  ["0 17-9 * * *", '"17-9" ends before it begins'],
  ["*/0 * * * *", 'goes in steps of "0"'],
  ["0 0 L * *", '"L" is no day of the month'],
  ["0 0 ? * *", '"?" is no day of the month'],
  ["0 0 30 2 *", "no such day ever comes"],
  ["0 0 31 4,6,9,11 *", "no such day ever comes"],
])("%s is none: %s", (text, why) => expect(cronProblem(text)).toContain(why));

test("a time zone is one that is known", () => {
  expect([timeZoneProblem("Europe/Zurich"), timeZoneProblem("UTC")]).toEqual([null, null]);
  expect(timeZoneProblem("Europe/Züri")).toMatch(/^"Europe\/Züri" is no time zone/);
});
