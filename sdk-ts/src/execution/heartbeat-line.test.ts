import { type InvokeRequest, RawJson } from "@durable/protocol/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EngineReply } from "../http/dispatch-connection.ts";
import { HeartbeatLine } from "./heartbeat-line.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const request = { run: { id: "r" }, task: { kind: "advance", fence: "f" } } as InvokeRequest;
const TAKEN: EngineReply = { kind: "answer", body: new Uint8Array() };

function lineWith(reply: EngineReply) {
  const sent: unknown[] = [];
  const post = async (path: string, body: string) => {
    sent.push([path, JSON.parse(body)]);
    return reply;
  };
  const line = new HeartbeatLine({ post }, request);
  const stopped = vi.fn();
  line.onStopped(stopped);
  const say = (id: string, data: number) => line.add({ id, name: id, data: new RawJson(String(data)) });
  return { line, sent, stopped, say };
}

test("the first word leaves at once, and then the last word of each step once a second", async () => {
  const { sent, say } = lineWith(TAKEN);
  say("a", -1);
  say("a", 0);
  await vi.advanceTimersByTimeAsync(0);
  for (let i = 0; i < 50; i += 1) say("a", i);
  say("b", 7);
  expect(sent).toEqual([
    ["/runs/r/heartbeat", { run: "r", fence: "f", beats: [{ id: "a", name: "a", data: 0 }] }],
  ]);
  await vi.advanceTimersByTimeAsync(900);
  expect(sent.length).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(sent[1]).toMatchObject([
    "/runs/r/heartbeat",
    {
      beats: [
        { id: "a", data: 49 },
        { id: "b", data: 7 },
      ],
    },
  ]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent.length).toBe(2);
  say("a", 50);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent.length).toBe(3);
});

test("what did not arrive is said again, or what was said since", async () => {
  const { sent, say, stopped } = lineWith({ kind: "silence" });
  say("a", 1);
  await vi.advanceTimersByTimeAsync(1_000);
  say("a", 2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toMatchObject([1, 1, 2].map((data) => ["/runs/r/heartbeat", { beats: [{ id: "a", data }] }]));
  expect(stopped).not.toHaveBeenCalled();
});

test.each([
  ["stale-fence", 1],
  ["run-ended", 1],
  ["not-found", 0],
])("after %s nothing more is sent", async (code, stops) => {
  const { sent, say, stopped } = lineWith({ kind: "problem", status: 409, code });
  say("a", 1);
  say("a", 2);
  await vi.advanceTimersByTimeAsync(5_000);
  say("a", 3);
  expect(sent.length).toBe(1);
  expect(stopped).toHaveBeenCalledTimes(stops);
});

test("once the dispatch is over nothing is sent and nobody is told", async () => {
  const { line, sent, say, stopped } = lineWith({ kind: "problem", status: 409, code: "stale-fence" });
  say("a", 1);
  await null; // It is under way.
  say("a", 2);
  line.close();
  await vi.advanceTimersByTimeAsync(5_000);
  say("a", 3);
  expect(sent.length).toBe(1);
  expect(stopped).not.toHaveBeenCalled();
});
