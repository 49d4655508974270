import type { Answer, Op } from "@durable/protocol/wire";
import { RawJson, stepId } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { DEFAULT_RETRY } from "../domain/backoff.ts";
import type { Reply } from "./call-app.ts";
import { decideOnceReply } from "./decide-once.ts";
import { Memo } from "./memo.ts";
import { journalEntry, situationWith, UNSETTLED } from "./situation.fixture.ts";

const step = journalEntry("pay", { ...UNSETTLED, taskKind: "once" });
const situation = situationWith(Memo.of([step], { taskStepId: step.stepId }), {
  retry: { ...DEFAULT_RETRY, on_exhausted: "pause" },
});
const times = {} as never;
const ran = (rest: object) =>
  ({ op: "run", id: step.stepId, name: "pay", n: 0, st: "ok", v: new RawJson("1"), ...rest }) as Op;
const answer = (rest: object): Reply => ({
  kind: "answer",
  answer: { status: "continue", fence: "f", ops: [], ...rest } as Answer,
  times,
});
const unanswered = (kind: "broken" | "refused" | "never-arrived", reason = "reset"): Reply => ({
  kind: "unanswered",
  end: { kind, reason, detail: "cut off", status: 503, retryAfterMs: null } as never,
  isDown: false,
  times,
});
const decided = (reply: Reply) => decideOnceReply(situation, step, reply);

test("its result settles it, and so does what it threw: whatever the policy, it is not tried again", () => {
  expect(decided(answer({ ops: [ran({})] }))).toMatchObject({ status: "ok", value: "1", attempt: 1 });
  const error = { name: "Busy", message: "later", retry: true, retry_after_ms: 10 };
  const threw = decided(answer({ ops: [ran({ st: "err", v: undefined, error })] }));
  expect(threw).toMatchObject({ status: "err", retryMs: null, attempt: 1 });
  expect(JSON.parse(threw.failure!)).toMatchObject({ name: "Busy" });
});

test.each<[string, Reply]>([
  ["a broken line", unanswered("broken")],
  ["silence", unanswered("broken", "silent")],
  ["nonsense", { kind: "nonsense", code: "bad", detail: "no JSON", times }],
  ["nothing", answer({})],
  ["more than its result", answer({ ops: [ran({}), ran({ id: stepId("", "other", 0) })] })],
  ["an error around it", answer({ status: "error", error: { name: "E", message: "no" } })],
  [
    "a result that is too large",
    answer({
      ops: [ran({ st: "err", v: undefined, error: { name: "E", message: "no", code: "value-too-large" } })],
    }),
  ],
  [
    "another path",
    answer({ status: "error", error: { name: "N", message: "path", code: "nondeterminism" } }),
  ],
  ["a fence that is called old", answer({ status: "abandoned" })],
  ["an end", answer({ status: "done" })],
])("%s leaves open whether it ran: interrupted", (_, reply) => {
  const { failure, ...outcome } = decided(reply);
  expect(outcome).toMatchObject({ status: "err", retryMs: null });
  expect(JSON.parse(failure!)).toMatchObject({
    name: "StepInterruptedError",
    code: "interrupted",
    retry: false,
  });
});

test("what the app has surely not taken is sent again", () => {
  for (const kind of ["refused", "never-arrived"] as const)
    expect(decided(unanswered(kind)).status).toBe("unanswered");
  expect(decided(answer({ status: "step_not_found" })).status).toBe("paused");
  expect(decided({ kind: "too-large", isBeyond: false, times }).status).toBe("paused");
});
