import { type MemoEntry, type Op, RawJson } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import type { CheckpointEnd, CheckpointLine } from "../checkpoint-line.ts";
import { Scope } from "../scope.ts";
import { Bodies } from "./bodies.ts";
import { Checkpoints, type TurnParts } from "./checkpoints.ts";
import { Memo } from "./memo.ts";
import { News } from "./news.ts";
import { OpenSteps } from "./open-steps.ts";
import { ResultLine } from "./result-line.ts";

const handler = new Scope();
const old = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `old-${i}`, op: "run", st: "ok" }) as MemoEntry);
const ran: Op = { op: "run", id: "a", name: "a", n: 0, st: "ok", v: new RawJson('{"own":1}') };
const slept: Op = { op: "sleep", id: "b", name: "b", n: 0, ms: 1 };

/** A turn with so many entries and these news, whose checkpoints end like this. */
function turnOf(entries: number, ops: Op[], end: CheckpointEnd = { kind: "closed" }) {
  const parts: TurnParts = {
    memo: new Memo(old(entries)),
    results: new ResultLine(),
    open: new OpenSteps(true),
    news: new News(),
    bodies: new Bodies(Number.POSITIVE_INFINITY),
  };
  for (const op of ops) parts.news.add(op, handler);
  const sent: (readonly Op[])[] = [];
  const line = {
    isOpen: true,
    saves: (entries: number) => entries >= 20,
    send: async (ops: readonly Op[]) => {
      sent.push(ops);
      return end;
    },
  } as unknown as CheckpointLine;
  return { checkpoints: new Checkpoints(line, parts), parts, sent, line };
}

test("one is worth its request in a long run, for what user code can go on with", () => {
  expect(turnOf(20, [ran]).checkpoints.isDue).toBe(true);
  expect(turnOf(19, [ran]).checkpoints.isDue).toBe(false);
  expect(turnOf(20, [slept]).checkpoints.isDue).toBe(false);
});

test("none follows while one is under way, when the time is over, or when the engine takes no more", async () => {
  const { checkpoints, parts } = turnOf(20, [ran]);
  const sending = checkpoints.send(false);
  parts.news.add(ran, handler);
  expect([checkpoints.isUnderWay, checkpoints.isDue]).toEqual([true, false]);
  await sending;
  expect([checkpoints.isUnderWay, checkpoints.isDue]).toEqual([false, true]);
  parts.bodies.startNoMore();
  parts.bodies.start(
    async () => null,
    () => {},
  );
  expect(checkpoints.isDue).toBe(false);
  const closed = turnOf(20, [ran]);
  Object.assign(closed.line, { isOpen: false });
  expect([closed.checkpoints.areOpen, closed.checkpoints.isDue]).toEqual([false, false]);
});

test("what is recorded goes to whoever awaits it, with the value that was reported", async () => {
  const memo = [{ id: "a", op: "run", st: "ok" }] as MemoEntry[];
  const { checkpoints, parts, sent } = turnOf(20, [ran, slept], { kind: "taken", memo, yield: true });
  const result = parts.open.begun("a", { op: "run", name: "a" }, handler);
  expect(await checkpoints.send(false)).toBe(true);
  expect(sent).toEqual([[ran, slept]]);
  expect(parts.news.ops).toEqual([]);
  parts.results.handOutFirst();
  expect(await result).toEqual({ own: 1 });
  // The engine wants the run back.
  parts.bodies.start(
    async () => expect.unreachable(),
    () => {},
  );
  expect(parts.bodies.isOutOfTime).toBe(true);
});

test("the steps of a group that was taken leave the memo", async () => {
  const group = { op: "group", id: "g", scope: "j", name: "g", n: 0, folds: ["old-0", "old-1"] } as Op;
  const memo = [{ id: "g", op: "group", st: "ok" }] as MemoEntry[];
  const { checkpoints, parts } = turnOf(20, [group], { kind: "taken", memo, yield: false });
  await checkpoints.send(false);
  expect([parts.memo.size, parts.memo.has("old-0"), parts.memo.has("g")]).toEqual([19, false, true]);
});

test("nobody knows: the answer says it again", async () => {
  const { checkpoints, parts } = turnOf(20, [ran]);
  expect(await checkpoints.send(false)).toBe(true);
  expect(parts.news.ops).toEqual([ran]);
});

test("when the engine works with another dispatch, the turn is over", async () => {
  expect(await turnOf(20, [ran], { kind: "stopped" }).checkpoints.send(false)).toBe(false);
});
