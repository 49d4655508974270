import type { MemoEntry, Op } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { Scope } from "../scope.ts";
import { closeLosers } from "./losers.ts";
import { Memo } from "./memo.ts";
import { News } from "./news.ts";
import { OpenSteps } from "./open-steps.ts";
import { ResultLine } from "./result-line.ts";

const call = { op: "sleep", name: "a" } as const;

test("the engine closes what it knows of and what ran; what only began here is forgotten", () => {
  const parts = { open: new OpenSteps(true), results: new ResultLine(), news: new News() };
  const { open, news } = parts;
  const handler = new Scope();
  const branch = new Scope("branch", handler);
  const within = new Scope("within", branch);
  open.blocked("known", call, within);
  open.begun("new", call, branch);
  open.begun("ran", call, branch);
  const alone = open.blocked("alone", call, handler);
  news.add({ op: "sleep", id: "new", name: "new", n: 0, ms: 1 }, branch);
  news.add({ op: "run", id: "ran", name: "ran", n: 0, st: "ok" } as Op, branch);

  expect(closeLosers([branch, alone, Promise.resolve()], parts)).toEqual(["known", "ran", "alone"]);
  expect(news.ops.map(({ id }) => id)).toEqual(["ran"]);
  expect([open.isEmpty, branch.isClosed, within.isClosed, handler.isClosed]).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test("of results that came while the turn went on, those are told that the branch was not given", () => {
  const parts = { open: new OpenSteps(true), results: new ResultLine(), news: new News() };
  const { open, results } = parts;
  const memo = new Memo(
    ["given", "came", "before"].map((id) => ({ id, op: "wait", st: "ok", v: null }) as MemoEntry),
  );
  const branch = new Scope("branch", new Scope());
  const line = (id: string) => {
    const hear = () => {};
    return results.add(memo.claim(id)!, { call, scope: branch, resolve: hear, reject: hear });
  };
  for (const id of ["given", "came"]) open.blocked(id, call, branch);
  for (const id of ["given", "came"]) {
    open.close(id);
    line(id);
  }
  results.handOutFirst();
  const alone = new Promise<unknown>(() => {});
  line("before").promise = alone;

  expect(closeLosers([branch], parts).sort()).toEqual(["before", "came"]);
  expect(results.isEmpty).toBe(true);
});
