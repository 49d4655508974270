import { expect, test } from "vitest";
import { isSameClock, zonedTime } from "./zoned-time.ts";

const at = (text: string) => Date.parse(text);

test("an instant in two zones", () => {
  const instant = at("2026-11-30T08:00:00Z");
  expect(zonedTime(instant, "Europe/Zurich", instant)).toBe("Mon 30 Nov, 09:00");
  expect(zonedTime(instant, "America/New_York", instant)).toBe("Mon 30 Nov, 03:00");
});

test("seconds and the year are told where they say something", () => {
  expect(zonedTime(at("2027-01-01T00:00:30Z"), "UTC", at("2026-11-30T08:00:00Z"))).toBe(
    "Fri 1 Jan 2027, 00:00:30",
  );
});

test("zones of one clock are the same, as long as they are", () => {
  const winter = at("2026-12-01T08:00:00Z");
  const summer = at("2026-07-01T08:00:00Z");
  expect(isSameClock("Europe/Zurich", "Europe/Berlin", [winter, summer])).toBe(true);
  expect(isSameClock("Europe/London", "UTC", [winter])).toBe(true);
  expect(isSameClock("Europe/London", "UTC", [winter, summer])).toBe(false);
});
