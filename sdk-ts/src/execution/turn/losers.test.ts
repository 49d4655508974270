import type { Op } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { Scope } from "../scope.ts";
import { closeLosers } from "./losers.ts";
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
