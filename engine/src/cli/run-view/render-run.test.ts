import { describe, expect, it } from "vitest";
import { widthOf } from "../terminal/fit.ts";
import { COLOURED, PLAIN } from "../terminal/paint.ts";
import { renderChanges } from "./render-change.ts";
import { renderRun } from "./render-run.ts";
import type { RunView, StepView } from "./run-view.ts";

const drawing = { nowMs: 10_000, paint: PLAIN, spinner: "*", width: 100 };

function step(name: string, part: Partial<StepView> = {}): StepView {
  const quiet = {
    dueAtMs: null,
    startedAtMs: null,
    settledAtMs: null,
    appMs: null,
    failure: null,
    beat: null,
    event: null,
    taken: null,
    child: null,
    input: null,
  };
  return { id: name, name, op: "run", status: "ok", attempt: 1, isResolved: null, ...quiet, ...part };
}

function run(steps: StepView[], part: Partial<RunView> = {}): RunView {
  const base = { id: "0192", functionId: "onboarding", status: "waiting", createdAtMs: 7_600 } as const;
  const family = { parentId: null, origin: null, reruns: [], failureHandler: null };
  const ends = { endedAtMs: null, output: null, state: null, failure: null, retry: null, frozen: null };
  return { ...base, ...family, ...ends, detours: [], late: [], steps, ...part };
}

describe("a run as a tree", () => {
  it("says how long a sleep still takes and that nothing is held", () => {
    const sleep = step("cooldown", { op: "sleep", status: "pending", dueAtMs: 12_100 });
    expect(renderRun(run([step("load-user", { appMs: 12 }), sleep]), drawing)).toEqual([
      "* onboarding  waiting  2.4 s  run 0192",
      "├─ ✓ load-user  12 ms",
      "└─ ◷ cooldown   sleeping, 2.1 s left; nothing is held",
    ]);
  });

  it("says what a wait is for, and how it ended", () => {
    const wait = { op: "wait", event: "approval.received", startedAtMs: 5_000 } as const;
    const open = step("approve", { ...wait, status: "pending", dueAtMs: 70_000 });
    expect(renderRun(run([open]), drawing)[1]).toBe(
      "└─ ◇ approve  waiting for approval.received, for 1 min at most",
    );
    const arrived = step("approve", { ...wait, settledAtMs: 7_000, isResolved: true });
    expect(renderRun(run([arrived]), drawing)[1]).toBe("└─ ✓ approve  approval.received arrived after 2.0 s");
    const late = step("approve", { ...wait, settledAtMs: 7_000, isResolved: false });
    expect(renderRun(run([late]), drawing)[1]).toBe("└─ ✓ approve  timed out after 2.0 s");
  });

  it("says where the code left the recorded path, or may have", () => {
    const detour = { left: "a", began: "e", place: "src/f.ts:1:2", isCertain: true };
    const unsure = { left: "f", began: null, place: null, isCertain: false };
    expect(renderRun(run([], { detours: [detour, unsure] }), drawing).slice(1)).toEqual([
      "│  ! took another way than recorded: left out a, began e at src/f.ts:1:2",
      "│  ! may have taken another way than recorded: left out f",
    ]);
  });

  it("says what came of attempts when nobody waited any more", () => {
    const charge = { name: "charge", attempt: 1, failure: null, value: '{"id":7}' };
    const ship = { name: "ship", attempt: 2, failure: "no stock", value: null };
    const drawn = renderRun(run([], { late: [charge, ship] }), { ...drawing, width: 120 });
    expect(drawn.slice(1)).toEqual([
      '│  ! too late: charge, attempt 1, returned {"id":7}; nobody waited for it any more',
      "│  ! too late: ship, attempt 2, failed: no stock; nobody waited for it any more",
    ]);
  });

  it("says how far a step is, and since when it has not said more", () => {
    const beat = { said: "40 %, page 4 of 10", atMs: 7_000 };
    const again = step("mail", { status: "retrying", attempt: 1, beat: { said: "alive", atMs: 10_000 } });
    expect(
      renderRun(run([step("copy", { status: "pending", attempt: 0, beat }), again]), drawing).slice(1),
    ).toEqual(["├─ * copy  40 %, page 4 of 10 (3.0 s ago)", "└─ * mail  alive (0 ms ago)"]);
  });

  it("says who is asked, and what they decided", () => {
    const input = {
      id: "0195",
      kind: "approval",
      assignee: "ann",
      answeredBy: null,
      isApproved: null,
    } as const;
    const open = step("sign", { op: "approval", status: "pending", dueAtMs: 70_000, input });
    const anybody = step("amount", {
      op: "input",
      status: "pending",
      input: { ...input, kind: "input", assignee: null },
    });
    const times = { op: "approval", startedAtMs: 5_000, settledAtMs: 7_000 } as const;
    const no = step("sign", { ...times, input: { ...input, answeredBy: "bob", isApproved: false } });
    const late = step("sign", { ...times, input });
    expect(renderRun(run([open, anybody, no, late]), drawing).slice(1)).toEqual([
      "├─ ◇ sign    waiting for the approval of ann, for 1 min at most: durable inputs show 0195",
      "├─ ◇ amount  waiting for somebody's input: durable inputs show 0195",
      "├─ ✓ sign    rejected by bob after 2.0 s",
      "└─ ✓ sign    nobody answered after 2.0 s",
    ]);
  });

  it("says which runs its steps started, who started it, and who sees to its failure", () => {
    const child = { id: "0193", functionId: "invoice", status: "running" } as const;
    const open = step("bill", { op: "invoke", status: "pending", child });
    const spawned = step("mail", { op: "spawn", child });
    const done = step("sum", { op: "invoke", child: { ...child, status: "completed" } });
    const failureHandler = { ...child, functionId: "onboarding.on-failure" };
    expect(renderRun(run([open, spawned, done], { parentId: "0191", failureHandler }), drawing)).toEqual([
      "* onboarding  waiting  2.4 s  run 0192",
      "│  started by run 0191",
      "│  its onFailure is run 0193 of onboarding.on-failure, running",
      "├─ * bill  waiting for run 0193 of invoice, running",
      "├─ ✓ mail  started run 0193 of invoice, running",
      "└─ ✓ sum   run 0193 of invoice, completed",
    ]);
  });

  it("says which way a branch went, and what the run says of itself", () => {
    const branch = step("size", { op: "branch", taken: "large" });
    const none = step("more", { op: "branch", taken: null });
    expect(renderRun(run([branch, none], { state: '{"done":3}' }), drawing)).toEqual([
      "* onboarding  waiting  2.4 s  run 0192",
      '│  state {"done":3}',
      "├─ ✓ size  took large",
      "└─ ✓ more  took none of its cases",
    ]);
  });

  it("shows every retry with its reason and when the next comes", () => {
    const failing = step("charge", {
      status: "retrying",
      attempt: 2,
      dueAtMs: 10_500,
      failure: "card\nreader \x1b[31mbusy",
    });
    expect(renderRun(run([failing]), drawing)[1]).toBe(
      "└─ ↻ charge  attempt 2 failed, attempt 3 in 500 ms: card reader busy",
    );
    const stopped = step("charge", { status: "retrying", attempt: 2, failure: "no" });
    expect(renderRun(run([stopped], { status: "paused" }), drawing)[1]).toBe(
      "├─ ↻ charge  attempt 2 failed: no",
    );
    const done = step("charge", { attempt: 3, appMs: 31 });
    expect(renderRun(run([done]), drawing)[1]).toBe("└─ ✓ charge  31 ms, attempt 3");
  });

  it("says when the app is called again and why", () => {
    const retry = { dueAtMs: 11_500, failure: "connect ECONNREFUSED 127.0.0.1:4410" };
    expect(renderRun(run([step("load-user", { appMs: 12 })], { retry }), drawing)[2]).toBe(
      "└─ ↻ your app   called again in 1.5 s: connect ECONNREFUSED 127.0.0.1:4410",
    );
  });

  it("says since when the app does not answer, and that it costs nothing", () => {
    const down = {
      isDown: true,
      sinceMs: 4_000,
      runCount: 4_312,
      probeAtMs: 13_000,
      failure: "Is it running?",
    };
    expect(renderRun(run([], { status: "queued", frozen: down }), { ...drawing, width: 140 })[1]).toBe(
      "└─ ‖ your app  has not answered for 6.0 s; 4,312 runs frozen, 0 retries used up; asked again in 3.0 s: Is it running?",
    );
  });

  it("closes with what the run returned or why it failed", () => {
    const completed = run([], { status: "completed", endedAtMs: 8_000, output: '{"approved":true}' });
    expect(renderRun(completed, drawing)).toEqual([
      "✓ onboarding  completed  400 ms  run 0192",
      '└─ ✓ returned  {"approved":true}',
    ]);
    const failed = run([step("charge", { status: "err", attempt: 2, failure: "declined" })], {
      status: "failed",
      endedAtMs: 8_000,
      failure: "declined",
    });
    expect(renderRun(failed, drawing).slice(1)).toEqual([
      "├─ ✗ charge  failed, attempt 2: declined",
      "└─ ✗ failed  declined",
    ]);
  });

  it("never draws a line wider than the terminal, coloured or not", () => {
    const long = run([step("s".repeat(90), { status: "retrying", attempt: 2, failure: "x".repeat(300) })]);
    for (const paint of [PLAIN, COLOURED]) {
      for (const line of renderRun(long, { ...drawing, paint, width: 40 }))
        expect(widthOf(line)).toBeLessThanOrEqual(40);
    }
  });
});

describe("a run as lines for a log", () => {
  const sleeping = step("cooldown", { op: "sleep", status: "pending", dueAtMs: 12_000 });

  it("says nothing while only time passes", () => {
    const before = run([sleeping]);
    expect(renderChanges(before, before, { ...drawing, nowMs: 11_000 })).toEqual([]);
  });

  it("says each thing that changed once", () => {
    expect(renderChanges(null, run([sleeping]), drawing)).toEqual([
      "run 0192 of onboarding started",
      "  ◷ cooldown: sleeping, 2.0 s left; nothing is held",
    ]);
    const woken = step("cooldown", { op: "sleep", startedAtMs: 9_000, settledAtMs: 12_000 });
    const done = run([woken], { status: "completed", output: "1" });
    expect(renderChanges(run([sleeping]), done, drawing)).toEqual([
      "  ✓ cooldown: slept 3.0 s",
      "run 0192 of onboarding completed: 1",
    ]);
  });
});
