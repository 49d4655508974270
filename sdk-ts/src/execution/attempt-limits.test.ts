import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { monotonicMs } from "../runtime/clock.ts";
import { withinLimits } from "./attempt-limits.ts";

// Only those that are counted here: the test runner has timers of its own.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

function attempt(limits: { timeoutMs?: number; heartbeatTimeoutMs?: number }) {
  let give: (value: string) => void = () => {};
  const result = new Promise<string>((resolve) => {
    give = resolve;
  });
  const limited = {
    heardMs: monotonicMs(),
    aborted: "",
    abort: (error: Error) => (limited.aborted = error.name),
  };
  const { timeoutMs, heartbeatTimeoutMs } = limits;
  const ended = vi.fn();
  withinLimits(result, { name: "work", timeoutMs, heartbeatTimeoutMs }, limited).then(
    (value) => ended(value),
    (error: Error) => ended(`${error.name}: ${error.message}`),
  );
  const beat = () => {
    limited.heardMs = monotonicMs();
  };
  return { give, limited, ended, beat };
}

test("it lives as long as it says so within its limit, and its silence ends it", async () => {
  const { limited, ended, beat } = attempt({ heartbeatTimeoutMs: 1_000 });
  for (let beats = 0; beats < 5; beats += 1) {
    await vi.advanceTimersByTimeAsync(900);
    beat();
  }
  await vi.advanceTimersByTimeAsync(990);
  expect([limited.aborted, ended.mock.calls]).toEqual(["", []]);
  await vi.advanceTimersByTimeAsync(20);
  expect(limited.aborted).toBe("HeartbeatTimeoutError");
  expect(ended.mock.calls).toEqual([
    ['HeartbeatTimeoutError: Step "work" gave no heartbeat for 1000 ms, its heartbeatTimeout.'],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test("no heartbeat moves the limit of the whole attempt", async () => {
  const { limited, ended, beat } = attempt({ timeoutMs: 2_000, heartbeatTimeoutMs: 1_000 });
  for (let beats = 0; beats < 5; beats += 1) {
    await vi.advanceTimersByTimeAsync(450);
    beat();
  }
  expect(limited.aborted).toBe("StepTimeoutError");
  expect(ended.mock.calls).toEqual([
    ['StepTimeoutError: Step "work" took longer than its timeout of 2000 ms.'],
  ]);
});

test("what ends in time leaves no timer", async () => {
  const { give, ended } = attempt({ timeoutMs: 2_000, heartbeatTimeoutMs: 1_000 });
  give("done");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ended.mock.calls).toEqual([["done"]]);
  expect(vi.getTimerCount()).toBe(0);
});
