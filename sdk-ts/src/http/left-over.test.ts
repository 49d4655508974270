// More than one answer holds: what was left out of it is told by the next one, and no body runs for that again.
import type { InvokeRequest, MemoEntry } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { leaveOver, takeLeftOver } from "../execution/left-over.ts";
import { createFunction } from "../function.ts";
import { createRoute } from "./route.ts";
import { SECRET, signed } from "./signed-sample.ts";

const STEPS = 7;
const RESULT_BYTES = 2 * 1024 * 1024;

test("a body whose result did not fit into an answer does not run again", async () => {
  const ran: number[] = [];
  const fn = createFunction({
    id: "f",
    handler: async ({ step }) => {
      const numbers = Array.from({ length: STEPS }, (_, at) => at);
      const run = (at: number) =>
        step.run(`part ${at}`, () => {
          ran.push(at);
          return String(at).repeat(RESULT_BYTES);
        });
      return (await Promise.all(numbers.map(run))).map((text) => text.slice(0, 3));
    },
  });
  const handle = createRoute({ app: "app", functions: [fn], secret: SECRET });
  const memo: MemoEntry[] = [];
  for (let dispatches = 1; dispatches <= STEPS + 1; dispatches += 1) {
    const request: InvokeRequest = {
      type: "invoke",
      app: "app",
      fn: "f",
      run: { id: "run-large", started_at: "2026-01-01T00:00:00.000Z" },
      task: { kind: "advance", fence: `f${dispatches}` },
      input: { event: { id: "e", name: "start", data: null, time: "2026-01-01T00:00:00.000Z" } },
      memo: memo.map(({ v: _, ...entry }: MemoEntry & { v?: unknown }) => ({ ...entry, v: "a page" })),
      memo_next: null,
      attempts: {},
      budget: { ms: 60_000, steps: 1 },
    };
    const body = JSON.stringify(request);
    const headers = signed(body);
    const wire = {
      method: "POST",
      header: (name: string) => headers[name],
      body,
      remoteAddress: "127.0.0.1",
    };
    const answer = JSON.parse((await handle(wire)).body as string);
    if (answer.status === "done") break;
    expect(answer.ops.length).toBeGreaterThan(0);
    memo.push(...answer.ops.map(({ op, id, st }: MemoEntry) => ({ op, id, st })));
  }
  expect(memo.length).toBe(STEPS);
  expect(ran.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("what is left over is given once, and to the attempt that it is of", () => {
  const op = { op: "run", id: "a", name: "a", n: 0, st: "ok" } as const;
  leaveOver("r", { a: 2 }, [op, { op: "sleep", id: "b", name: "b", n: 0, ms: 1 }]);
  expect(takeLeftOver("r/a", 1)).toBeUndefined();
  expect(takeLeftOver("r/a", 2)).toBe(op);
  expect(takeLeftOver("r/a", 2)).toBeUndefined();
  expect(takeLeftOver("r/b", 1)).toBeUndefined();
});
