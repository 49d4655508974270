// Waits of weeks, by a clock that is moved: nothing is held meanwhile, and nothing ends before its time.
import { stepId } from "@durable/protocol/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { travel } from "../support/travel.ts";
import { startApp } from "./api-app.ts";
import { startEngine } from "./api-engine.ts";

const DAY_MS = 86_400_000;

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startApp>>;

beforeAll(async () => {
  engine = await startEngine();
  const op = (name: string, more: object) => ({ id: stepId("", name, 0), name, n: 0, ...more });
  app = await startApp({
    app: "shop",
    functions: [
      { id: "sleeps", triggers: [{ event: "sleep" }] },
      { id: "waits", triggers: [{ event: "wait" }] },
    ],
    answer({ fn, memo }) {
      const first =
        fn === "sleeps"
          ? op("week", { op: "sleep", ms: 7 * DAY_MS })
          : op("month", { op: "wait", event: "never.sent", timeout_ms: 30 * DAY_MS });
      const [entry] = memo;
      const isOver = entry !== undefined && entry.st !== "pending";
      return isOver ? { status: "done", output: entry } : { status: "continue", ops: entry ? [] : [first] };
    },
  });
  const synced = await engine.call("POST", "/v1/apps/shop/dev/sync", { url: app.url });
  expect(synced.status, synced.text).toBe(200);
});

afterAll(async () => {
  await engine.stop();
  await app.stop();
});

test.each([
  ["sleep", "6 days 23 hours", "7 days 1 minute"],
  ["wait", "29 days 23 hours", "30 days 1 minute"],
])("a long %s ends when its time has come, and not before", async (event, early, due) => {
  await travel(engine.database.sql, "0");
  const sent = await engine.call("POST", "/v1/events?app=shop", { name: event, data: null });
  const path = `/v1/apps/shop/dev/runs/${sent.json.runs[0].run}`;
  await expect.poll(async () => (await engine.call("GET", path)).json.status).toBe("waiting");
  const calls = app.calls.length;
  await travel(engine.database.sql, early);
  const beforeItsTime = await engine.call("GET", `${path}/result?wait=1`);
  expect(beforeItsTime.json.status).toBe("waiting");
  expect(app.calls.length).toBe(calls);
  await travel(engine.database.sql, due);
  const late = await engine.call("GET", `${path}/result?wait=20`);
  expect(late.json.status).toBe("completed");
  expect(app.calls.length).toBe(calls + 1);
});
