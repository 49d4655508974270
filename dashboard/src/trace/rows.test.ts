import { expect, test } from "vitest";
import { growForest } from "./forest.ts";
import { MOVES } from "./move.ts";
import { type Openness, turn, USUAL } from "./openness.ts";
import { type Loaded, rowsOf } from "./rows.ts";
import { span, trace } from "./span.fixture.ts";
import type { Span } from "./span.ts";

const load = (spans: Span[], run = "run"): Loaded => ({
  trace: trace(spans, { run }),
  forest: growForest(spans),
});

function rows(
  spans: Span[],
  more: { openness?: Openness; onlyFailed?: boolean; children?: [string, Loaded | null][] } = {},
) {
  const { openness = USUAL, onlyFailed = false, children = [] } = more;
  return rowsOf({ run: "run", loaded: new Map([["run", load(spans)], ...children]), openness, onlyFailed });
}

test("the run stands at the top; each row knows its level and its place among its siblings", () => {
  const spans = [span("branch", 0, 9), span("a", 0, 9, { parent: "branch" }), span("b", 0, 9)];
  expect(
    rows(spans).map(({ id, level, position, setSize, isOpen, parent }) => [
      id,
      level,
      position,
      setSize,
      isOpen,
      parent,
    ]),
  ).toEqual([
    ["run", 1, 1, 1, true, -1],
    ["branch", 2, 1, 2, true, 0],
    ["a", 3, 1, 1, null, 1],
    ["b", 2, 2, 2, null, 0],
  ]);
});

test("more than five equal siblings are one row until it is opened", () => {
  const spans = [
    ...Array.from({ length: 6 }, (_, n) => span(`${n}`, n, n + 1, { name: "page" })),
    span("end", 6, 7),
  ];
  const folded = rows(spans);
  expect(folded.map(({ id, kind }) => `${kind} ${id}`)).toEqual(["run run", "group group-0", "span end"]);
  expect(folded[1]).toMatchObject({ members: [0, 1, 2, 3, 4, 5], setSize: 2, isOpen: false });
  const opened = rows(spans, { openness: turn(USUAL, [folded[1]!], true) });
  expect(opened).toHaveLength(9);
  expect(opened[2]).toMatchObject({ id: "0", level: 3, position: 1, setSize: 6, parent: 1 });
});

test("tries are folded unless their step failed", () => {
  const tries = (status: "ok" | "err") => [
    span("a", 0, 9, { status }),
    span("a.1", 0, 1, { parent: "a", kind: "attempt", status: "failed" }),
    span("a.2", 2, 9, { parent: "a", kind: "attempt" }),
  ];
  expect(rows(tries("ok"))).toHaveLength(2);
  expect(rows(tries("err"))).toHaveLength(4);
});

test("only what failed, with what it stands in", () => {
  const spans = [
    span("fine", 0, 1),
    span("branch", 0, 9),
    span("a", 0, 9, { parent: "branch", status: "err" }),
  ];
  expect(rows(spans, { onlyFailed: true }).map(({ id }) => id)).toEqual(["run", "branch", "a"]);
});

test("a child run opens in its place, once it is there, and never with all others", () => {
  const spans = [span("call", 0, 9, { kind: "child", run: "child" })];
  expect(rows(spans, { openness: { all: "open", turned: new Set() } })).toHaveLength(2);
  const openness: Openness = { all: "usual", turned: new Set(["call"]) };
  expect(rows(spans, { openness }).at(-1)).toMatchObject({ id: "call/loading", kind: "loading", level: 3 });
  expect(rows(spans, { openness, children: [["child", null]] }).at(-1)).toMatchObject({ kind: "refused" });
  const child = load([span("x", 1, 2)], "child");
  expect(rows(spans, { openness, children: [["child", child]] }).at(-1)).toMatchObject({
    ...{ id: "call/x", kind: "span", run: "child", level: 3, parent: 1 },
  });
});

test("a child in another app does not open: it is read there", () => {
  const spans = [span("call", 0, 9, { kind: "child", run: "child", app: "billing" })];
  const openness: Openness = { all: "usual", turned: new Set(["call"]) };
  expect(rows(spans, { openness })).toMatchObject([{ kind: "run" }, { id: "call", isOpen: null }]);
});

test("a run that calls itself is opened five times, and no deeper", () => {
  const own = load([span("call", 0, 9, { kind: "child", run: "run" })]);
  const path = (depth: number) => Array.from({ length: depth }, () => "call").join("/");
  const openness: Openness = {
    all: "usual",
    turned: new Set(Array.from({ length: 9 }, (_, depth) => path(depth + 1))),
  };
  const deep = rowsOf({ run: "run", loaded: new Map([["run", own]]), openness, onlyFailed: false });
  expect(deep).toHaveLength(7);
  expect(deep.at(-1)).toMatchObject({ isOpen: null, level: 7 });
});

test("all are closed or opened at once; forty thousand are no matter", () => {
  const spans = Array.from({ length: 40_000 }, (_, n) => span(`${n}`, n, n + 1));
  expect(rows(spans)).toHaveLength(40_001);
  expect(rows(spans, { openness: { all: "closed", turned: new Set() } })).toHaveLength(1);
});

test("keys move through the rows and stop at their ends", () => {
  const all = rows([span("branch", 0, 9), span("a", 0, 9, { parent: "branch" }), span("b", 0, 9)]);
  const after = (key: string, at: number) => MOVES[key]!(all, at, 2);
  expect([after("ArrowDown", 0), after("ArrowDown", 3), after("ArrowUp", 0), after("End", 0)]).toEqual([
    1, 3, 0, 3,
  ]);
  expect([after("u", 2), after("u", 0), after("PageDown", 0), after("PageUp", 1)]).toEqual([1, 0, 2, 0]);
});
