import { expect, test } from "vitest";
import { filterLines, isLater, type LogLine, ticksByStep } from "./log-filter.ts";

const line = (id: string, level: LogLine["level"], message: string, data: unknown = null): LogLine => ({
  ...{
    id,
    run: "r",
    function: "f",
    level,
    message,
    data,
    attempt: 1,
    at: `2026-01-01T00:00:0${id.length}.000Z`,
  },
  step: { id: "s", name: "charge", n: 0 },
});
const LINES = [
  line("1", "debug", "begins"),
  line("22", "warn", "Slow"),
  line("333", "error", "no", { card: "stolen" }),
];

test("lines are found by how grave they are, and by what stands in them", () => {
  const ids = (...of: [LogLine["level"] | undefined, string | undefined]) =>
    filterLines(LINES, ...of).map(({ id }) => id);
  expect(ids(undefined, undefined)).toEqual(["1", "22", "333"]);
  expect(ids("warn", undefined)).toEqual(["22", "333"]);
  expect(ids(undefined, " slow ")).toEqual(["22"]);
  expect(ids(undefined, "STOLEN")).toEqual(["333"]);
  expect(ids("error", "charge")).toEqual(["333"]);
});

test("ids that no number holds are in their order", () => {
  expect(isLater(line("99", "info", ""), line("100", "info", ""))).toBe(false);
  expect(isLater(line("9007199254740994", "info", ""), line("9007199254740993", "info", ""))).toBe(true);
});

test("each step has the instants at which it spoke", () => {
  expect(ticksByStep(LINES).get("s")).toHaveLength(3);
});
