import { expect, test } from "vitest";
import { cronInWords } from "./cron.ts";

test.each([
  ["* * * * *", "Every minute"],
  ["*/15 * * * *", "Every 15 minutes"],
  ["0,30 * * * *", "Every 30 minutes"],
  ["*/7 * * * *", "At minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour"],
  ["0 * * * *", "Every hour"],
  ["5 * * * *", "Every hour, at minute 5"],
  ["0 */2 * * *", "Every 2 hours"],
  ["15 */6 * * *", "At 00:15, 06:15, 12:15 and 18:15, every day"],
  ["0 9 * * *", "At 09:00, every day"],
  ["0 9 * * mon-fri", "At 09:00, Monday to Friday"],
  ["30 8,17 * * sat,sun", "At 08:30 and 17:30, every Saturday and Sunday"],
  ["0 9 * * sun-tue", "At 09:00, every Monday, Tuesday and Sunday"],
  ["0 8-18 * * 1-5", "Every hour from 08:00 to 18:00, Monday to Friday"],
  ["*/15 8-18 * * *", "Every 15 minutes from 08:00 to 18:45"],
  ["* 9 * * *", "Every minute in the hour 9"],
  ["*/10 */2 * * *", "Every 10 minutes of every 2nd hour"],
  ["0 6 1 * *", "At 06:00, on the 1st of the month"],
  ["0 6 1,15 * *", "At 06:00, on the 1st and 15th of the month"],
  ["0 0 1-7 * *", "At 00:00, from the 1st to the 7th of the month"],
  ["0 0 1 * mon", "At 00:00, on the 1st of the month, and also every Monday"],
  ["0 0 1 jan *", "At 00:00, on the 1st of the month, in January"],
  ["0 0 1 4-9 *", "At 00:00, on the 1st of the month, from April to September"],
  ["* * * * * *", "Every second"],
  ["*/10 * * * * *", "Every 10 seconds"],
  ["30 0 9 * * *", "At 09:00:30, every day"],
  ["5,35 * * * * *", "At seconds 5 and 35 of every minute"],
  ["30 * * * * *", "Every minute, at second 30"],
  ["*/20 5 9-17 * * *", "Every 20 seconds of the minute 5 from 09:00 to 17:05"],
])("%s: %s", (line, said) => {
  expect(cronInWords(line)).toBe(said);
});

test("a day of the month with a star and a step must hold beside the weekday", () => {
  expect(cronInWords("0 0 */10 * mon")).toBe(
    "At 00:00, on the 1st, 11th, 21st and 31st of the month where that is a Monday",
  );
});

test("what is no line has no words", () => {
  expect(cronInWords("every day")).toBeNull();
  expect(cronInWords("0 25 * * *")).toBeNull();
});
