import { expect, test } from "vitest";
import type { Patch } from "../../live/messages.ts";
import type { RunListed } from "../../live/patches.ts";
import { newcomersOf, withNewcomers } from "./newcomers.ts";

const run = (id: string) => ({ id }) as RunListed;
const told = (id: string, rev = 1, more = {}): Patch => ({
  topic: "runs",
  kind: "run",
  id,
  rev,
  patch: { id, ...more },
});
const idsOf = (runs: readonly RunListed[]) => runs.map(({ id }) => id);
const PAGE = { runs: [run("0200"), run("0100")], next: "0100" };

test("a newcomer is younger than the page's first run, and not on it", () => {
  expect(idsOf(newcomersOf(PAGE, [told("0300"), told("0200"), told("0150")]))).toEqual(["0300"]);
  expect(idsOf(newcomersOf({ runs: [], next: null }, [told("0001")]))).toEqual(["0001"]);
  expect(
    newcomersOf(PAGE, [
      { ...told("0300"), topic: "run:0300" },
      { ...told("0300"), patch: null },
    ]),
  ).toEqual([]);
});

test("who was told of twice in one bundle comes as it is now, in whatever order that was told", () => {
  const patches = [told("0300", 1, { status: "queued" }), told("0300", 2, { status: "running" })];
  expect(newcomersOf(PAGE, patches)).toEqual([{ id: "0300", status: "running", rev: 2 }]);
  expect(newcomersOf(PAGE, patches.toReversed())).toEqual([{ id: "0300", status: "running", rev: 2 }]);
});

test("they come in by their ids, and the next page stays where it was", () => {
  expect(withNewcomers(PAGE, [run("0300"), run("0400")])).toEqual({
    runs: [run("0400"), run("0300"), run("0200"), run("0100")],
    next: "0100",
  });
  expect(withNewcomers({ runs: [], next: null }, [run("1")])).toEqual({ runs: [run("1")], next: null });
});

test("a page that is full does not grow, and none that moves too fast to be read", () => {
  const many = (count: number, from: number) =>
    Array.from({ length: count }, (_, n) => run(String(from - n)));
  expect(withNewcomers({ runs: many(200, 1_999), next: null }, [run("2000")])).toBeNull();
  expect(withNewcomers(PAGE, many(21, 2_000))).toBeNull();
  expect(withNewcomers(PAGE, many(20, 2_000))?.runs).toHaveLength(22);
});
