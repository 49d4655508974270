import type { Answer } from "@durable/protocol/wire";
import { stepId } from "@durable/protocol/wire";
import { describe, expect, test } from "vitest";
import { DEFAULT_RETRY } from "../domain/backoff.ts";
import type { Ending } from "../domain/ending.ts";
import type { JournalEntry } from "../store/journals.ts";
import { decide } from "./decide.ts";
import { Memo } from "./memo.ts";
import { idOf, journalEntry, situationWith } from "./situation.fixture.ts";

const FAILURE = '{"name":"CardError","message":"declined"}';
const failing: Ending = { kind: "failing", failure: FAILURE };
const undoId = (name: string) => stepId(idOf(name), name, 0);

const step = (name: string, seq: number | null, rest: Partial<JournalEntry> = {}) =>
  journalEntry(name, { seq, isOwed: true, ...rest });

const JOURNAL = [step("flight", 1), step("note", 2, { isOwed: false }), step("hotel", 3)];

const situation = (entries: JournalEntry[] = JOURNAL, ending: Ending | null = failing) =>
  situationWith(Memo.of(entries, { ending }), { retry: { ...DEFAULT_RETRY, max: 2, jitter: false } });

function said(name: string, rest: object): Answer {
  const op = { op: "compensate", id: undoId(name), scope: idOf(name), name, n: 0, ...rest };
  return { status: "continue", fence: "f", ops: [op] } as Answer;
}
const undone = (name: string) => said(name, { st: "ok" });
const notUndone = (name: string, error: object = {}) =>
  said(name, { st: "err", error: { name: "Error", message: "hotel is down", ...error } });

describe("a run that ends badly", () => {
  test("ends at once when nothing can be undone, else begins with that and keeps its lease", () => {
    const error = { status: "error", fence: "f", error: { name: "T", message: "m", retry: false } } as Answer;
    const nothing = situation([step("note", 1, { isOwed: false })], null);
    expect(decide(nothing, error)).toMatchObject({ kind: "failed", effects: [] });
    const outcome = decide(situation(JOURNAL, null), error);
    expect(outcome).toMatchObject({ kind: "continue", effects: [{ kind: "failing" }] });
    const { memo } = situation(JOURNAL, null);
    memo.apply(outcome);
    expect(memo.ending).toEqual({ kind: "failing", failure: '{"name":"T","message":"m","retry":false}' });
    expect(memo.nextToUndo).toEqual({ id: idOf("hotel"), name: "hotel" });
  });

  test("a step that completes in the same answer is undone too", () => {
    const op = { op: "run", id: idOf("late"), name: "late", n: 0, st: "ok", compensate: true };
    const answer = {
      status: "error",
      fence: "f",
      ops: [op],
      error: { name: "T", message: "m", retry: false },
    };
    const outcome = decide(situation([], null), answer as Answer);
    expect(outcome.effects.map(({ kind }) => kind)).toEqual(["compensable", "failing"]);
  });

  test("undoes the last step of the journal, then the one before, then it ends as it was going to", () => {
    const { memo } = situation();
    const first = decide({ ...situation(), memo }, undone("hotel"));
    expect(first).toMatchObject({ kind: "continue", effects: [{ kind: "undone", stepId: idOf("hotel") }] });
    memo.apply(first);
    expect(memo.toJson()).not.toContain(undoId("hotel"));
    const last = decide({ ...situation(), memo }, undone("flight"));
    expect(last).toMatchObject({ kind: "failed", result: FAILURE });
    const cancelling = situation([step("flight", 1)], { kind: "cancelling", failure: null });
    expect(decide(cancelling, undone("flight"))).toMatchObject({ kind: "cancelled", result: null });
  });

  test("retries a compensation by its policy, under its own attempts", () => {
    const outcome = decide(situation(), notUndone("hotel"));
    expect(outcome).toMatchObject({ kind: "wait", steps: [{ status: "retrying", attempt: 1, dueMs: 1000 }] });
    const retry = step("hotel", null, {
      stepId: undoId("hotel"),
      op: "compensate",
      status: "retrying",
      isOwed: false,
    });
    const again = decide(situation([...JOURNAL, retry]), undone("hotel"));
    expect(again).toMatchObject({ kind: "continue", steps: [{ status: "ok", attempt: 2 }] });
  });

  test.each<[string, Answer, RegExp]>([
    [
      "a final failure",
      notUndone("hotel", { retry: false }),
      /"hotel" cannot be undone.*hotel is down.*resume/,
    ],
    ["code that does not reach it", { status: "step_not_found", fence: "f" }, /no longer reaches it/],
    ["an answer without it", { status: "continue", fence: "f", ops: [] }, /without saying what came of it/],
    ["the compensation of another step", undone("flight"), /without saying what came of it/],
    ["an end", { status: "done", fence: "f" }, /answered "done"/],
  ])("pauses for %s, and passes over nothing", (_, answer, sentence) => {
    const outcome = decide(situation(), answer);
    expect(outcome.kind).toBe("paused");
    expect(JSON.parse(outcome.result!).message).toMatch(sentence);
    expect(outcome.effects).toEqual([]);
  });
});
