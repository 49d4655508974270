import type { Op, StateOp } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { Scope } from "../scope.ts";
import { News, opsOf } from "./news.ts";

const sleep = (id: string): Op => ({ op: "sleep", id, name: id, n: 0, ms: 1 });
const run = (id: string): Op => ({ op: "run", id, name: id, n: 0, st: "ok" });
const state = { op: "state", id: "s", scope: "", name: "setState", n: 0 } as unknown as StateOp;
const handler = new Scope();

function newsOf(...ops: Op[]): News {
  const news = new News();
  for (const op of ops) news.add(op, handler);
  return news;
}

test("an op says which branch it stands in, unless it knows better", () => {
  const news = newsOf();
  news.add(sleep("a"), new Scope("branch"));
  news.add({ ...sleep("b"), scope: "own" }, new Scope("branch"));
  expect(news.ops.map(({ scope }) => scope)).toEqual(["branch", "own"]);
});

test("what lost is forgotten, unless it ran", () => {
  const news = newsOf(sleep("a"), run("b"), sleep("c"));
  expect(news.forget(new Set(["a", "b", "known"]))).toEqual(new Set(["a"]));
  expect(news.ops.map(({ id }) => id)).toEqual(["b", "c"]);
});

test("the state is told once, and again with every answer", () => {
  const news = newsOf(run("a"));
  news.state = state;
  const first = news.take();
  expect(opsOf(first)).toEqual([run("a"), state]);
  news.taken(first);
  expect(opsOf(news.take())).toEqual([]);
  expect(opsOf(news)).toEqual([state]);
});

test("what a checkpoint did not bring over comes first in the answer", () => {
  const news = newsOf(run("a"));
  const told = news.take();
  const { logBudget } = news;
  news.add(run("b"), handler);
  news.putBack(told);
  expect(news.ops.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(news.logBudget).toBe(logBudget);
});

test("when the handler has ended, what only waits is no news, and what has an effect still is", () => {
  const send: Op = { op: "send", id: "s", name: "s", n: 0, events: [] };
  const news = newsOf(sleep("a"), run("b"), send);
  news.forgetWaits();
  expect(news.ops.map(({ id }) => id)).toEqual(["b", "s"]);
});
