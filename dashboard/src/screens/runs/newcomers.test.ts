import { expect, test } from "vitest";
import type { RunListed } from "../../live/patches.ts";
import { isNewcomer, withNewcomer } from "./newcomers.ts";

const run = (id: string) => ({ id }) as RunListed;
const PAGE = { runs: [run("0200"), run("0100")], next: "0100" };

test("a newcomer is younger than the page's first run, and not on it", () => {
  expect(isNewcomer(PAGE, run("0300"))).toBe(true);
  expect(isNewcomer(PAGE, run("0200"))).toBe(false);
  expect(isNewcomer(PAGE, run("0150"))).toBe(false);
  expect(isNewcomer({ runs: [], next: null }, run("0001"))).toBe(true);
});

test("it comes in by its id, and the next page stays where it was", () => {
  expect(withNewcomer(PAGE, run("0300"))).toEqual({
    runs: [run("0300"), run("0200"), run("0100")],
    next: "0100",
  });
  expect(withNewcomer({ runs: [], next: null }, run("1"))).toEqual({ runs: [run("1")], next: null });
});

test("a page that is full does not grow", () => {
  const full = { runs: Array.from({ length: 200 }, (_, index) => run(String(1_000 - index))), next: null };
  expect(withNewcomer(full, run("2000"))).toBeNull();
});
