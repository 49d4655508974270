import { expect, test } from "vitest";
import { manifestOf } from "./manifest.ts";
import { rulesSaid } from "./manifest-words.ts";
import { triggerSaid, triggersSaid } from "./trigger-words.ts";

const said = (manifest: unknown) => rulesSaid(manifestOf(manifest)).map((rule) => rule.said);

test("triggers are told by what starts them", () => {
  expect(triggerSaid({ event: "user.created", if: "event.data.total > 10" })).toBe(
    "On user.created, if event.data.total > 10",
  );
  expect(triggerSaid({ cron: "0 9 * * mon-fri", tz: "Europe/Zurich" })).toBe(
    "At 09:00, Monday to Friday (Europe/Zurich)",
  );
  expect(triggersSaid({ triggers: [] })).toEqual(["By hand, or by another function"]);
});

test("limits say how many, of what, and what becomes of the rest", () => {
  expect(said({ concurrency: { limit: 5, key: "user.id" } })).toEqual([
    "At most 5 at once per user.id; more wait.",
  ]);
  expect(
    said({
      concurrency: [
        { limit: 1, unit: "run" },
        { limit: 10, scope: "workspace", key: { cel: "event.data.a" } },
      ],
    }),
  ).toEqual([
    "At most 1 at once from their first step to their end; more wait.",
    "At most 10 at once per event.data.a, together with the functions that share this key; more wait.",
  ]);
  expect(said({ throttle: { limit: 10, period_ms: 60_000 } })).toEqual([
    "10 starts in 1 min, evenly; more wait.",
  ]);
  expect(said({ rate_limit: { limit: 1, period_ms: 3_600_000, key: "id" } })).toEqual([
    "1 start in 1 h per id; more start no run.",
  ]);
});

test("retries are one sentence", () => {
  const retry = {
    max: 4,
    backoff: "exponential",
    base_ms: 1_000,
    factor: 2,
    max_ms: 3_600_000,
    jitter: true,
  };
  expect(said({ retry })).toEqual(["A step is tried 4 times, from 1.0 s to 1 h apart, ever longer."]);
  expect(said({ retry: { ...retry, max: 1 } })).toEqual(["A step that fails is not tried again."]);
});

test("what is of another form than was agreed has no words, and breaks nothing", () => {
  expect(said({ concurrency: null, cancel_on: 3 })).toEqual([]);
  expect(said("no object")).toEqual([]);
});
