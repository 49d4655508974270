import type { InvokeRequest } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { executeFunction } from "../execution/execute-function.ts";
import { createFunction } from "../function.ts";
import type { DispatchConnection } from "../http/dispatch-connection.ts";

/** A dispatch whose line breaks while its step runs; `connection`: where its checkpoints go. */
function hungUp(connection: Partial<DispatchConnection> | null) {
  const line = new AbortController();
  const fn = createFunction({
    id: "f",
    trigger: { event: "start" },
    handler: ({ step }) =>
      step.run("long", async ({ signal }) => {
        signal.throwIfAborted();
        line.abort();
        await new Promise((_, reject) => {
          if (signal.aborted) reject(signal.reason);
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      }),
  });
  const request: InvokeRequest = {
    type: "invoke",
    app: "app",
    fn: "f",
    run: { id: `run-${connection === null}`, started_at: "2026-01-01T00:00:00.000Z" },
    task: { kind: "advance", fence: "f" },
    input: { event: { id: "e", name: "start", data: null, time: "2026-01-01T00:00:00.000Z" } },
    memo: [],
    // A long memo: such a run reports from its first step on.
    memo_next: "1-2",
    known: 0,
    attempts: {},
    budget: { ms: 60_000, steps: 1 },
    engine: { environment: "dev", capabilities: ["checkpoint"] },
  };
  return executeFunction(fn, request, connection as DispatchConnection | null, {
    hangUp: () => line.signal,
  });
}

test("what a body throws because the engine hung up is no failed attempt, and no checkpoint says so", async () => {
  const post = async () => expect.unreachable();
  expect(await hungUp({ post, insist: post })).toMatchObject({ status: "continue", ops: [] });
});

test("without checkpoints neither, and the turn comes to its end", async () => {
  expect(await hungUp(null)).toMatchObject({ status: "continue", ops: [] });
});
