import { expect, test } from "vitest";
import { shapeKeyOf, shapeKeySays, shapeRule } from "./shape-words.ts";

test.each([
  [
    "idempotency",
    { idempotency: { key: "order", period_ms: 86_400_000 } },
    "An event whose key has started a run starts no other for 1 d.",
  ],
  [
    "debounce",
    { debounce: { period_ms: 10_000, max_wait_ms: 60_000 } },
    "One run for the last event, when it was quiet for 10 s, after 1 min at the latest.",
  ],
  [
    "debounce",
    { debounce: { period_ms: 5_000, edge: "leading" } },
    "A run for the first event, at once; none for what follows until it was quiet for 5 s.",
  ],
  [
    "batch",
    { batch: { max_size: 100, max_wait_ms: 30_000 } },
    "One run for up to 100 events; it begins when it has them, or 30 s after the first.",
  ],
  [
    "rate-limit",
    { rate_limit: { limit: 2, period_ms: 3_600_000 } },
    "2 starts per 1 h; what is over is skipped.",
  ],
  [
    "rate-limit",
    { rate_limit: { limit: 60, period_ms: 3_600_000, burst: 5, on_limit: "delay" } },
    "60 starts per 1 h, up to 5 at once; what is over begins later.",
  ],
  [
    "singleton",
    { singleton: { mode: "skip" } },
    "One run at a time; an event that comes meanwhile is skipped.",
  ],
] as const)("%s %j", (kind, declared, said) => {
  expect(shapeRule({ kind, declared })).toBe(said);
});

test("its key, also where that is an expression", () => {
  expect(shapeKeyOf({ kind: "batch", declared: { batch: { key: "site" } } })).toBe("site");
  expect(shapeKeyOf({ kind: "rate-limit", declared: { rate_limit: { key: { cel: "event.data.a" } } } })).toBe(
    "event.data.a",
  );
  expect(shapeKeyOf({ kind: "singleton", declared: { singleton: {} } })).toBeNull();
});

test("what it remembers of a key", () => {
  const nothing = {
    key: null,
    run: null,
    until: null,
    events: null,
    bytes: null,
    starts: null,
    next_start_at: null,
    at: "",
  };
  const at = (instant: string) => `<${instant}>`;
  expect(shapeKeySays("batch", { ...nothing, until: "u", events: 3, bytes: 1 }, at)).toBe(
    "Its run begins at <u>; 3 events and 1 byte so far.",
  );
  expect(shapeKeySays("rate-limit", { ...nothing, starts: 2, next_start_at: "n" }, at)).toBe(
    "2 starts in the period. The next may start at <n>.",
  );
  expect(shapeKeySays("debounce", { ...nothing, until: "u" }, at)).toBe(
    "A run was for the first; no other before <u>.",
  );
});
