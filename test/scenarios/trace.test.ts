// Where the time of a run went, what happened to it, and how it was at a moment: asked of a run that has been through a limit,
// failures, a sleep, steps side by side and a child.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text as allOf } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createFunction } from "@durable/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { describeEntry } from "../../engine/src/cli/run-view/describe-entry.ts";
import { describeTime } from "../../engine/src/cli/run-view/describe-time.ts";
import { waitFor } from "../support/wait.ts";
import { engineWithApp } from "./engine-with-app.ts";
import { order } from "./replay.fixture.ts";

let open = () => {};
const gate = new Promise<void>((resolve) => {
  open = resolve;
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const holder = createFunction({
  id: "holder",
  trigger: { event: "hold" },
  concurrency: { limit: 1, key: "user", scope: "workspace" },
  handler: ({ step }) => step.run("hold", () => gate),
});
const child = createFunction({ id: "child", handler: ({ step }) => step.sleep("child nap", 300) });
const trip = createFunction({
  id: "trip",
  trigger: { event: "trip" },
  concurrency: { limit: 1, key: "user", scope: "workspace" },
  retry: { max: 3, backoff: "constant", base: 300, jitter: false },
  handler: async ({ step }) => {
    await step.run("pay", async ({ attempt }) => {
      await pause(20);
      if (attempt === 1) throw new Error("card declined");
      return "paid";
    });
    await step.sleep("nap", 400);
    await step.parallel([
      (own) => own.run("left", () => pause(60)),
      (own) => own.run("right", () => pause(80)),
    ]);
    await step.invoke("ask child", child);
    await step.waitForEvent("late event", { event: "never", timeout: 300 });
    return { done: true };
  },
});

let goOn = () => {};
const isTurned = new Promise<void>((resolve) => {
  goOn = resolve;
});
const sides = createFunction({
  id: "sides",
  trigger: { event: "sides" },
  handler: ({ step }) =>
    step.parallel([(own) => own.run("quick", () => 1), (own) => own.run("slow", () => isTurned)], {
      fanOut: true,
    }),
});

const { engine, app } = engineWithApp("trace", [holder, child, trip, order, sides]);
const get = async (path: string) => {
  const { status, json, text } = await engine.call("GET", path);
  expect(status, text).toBe(200);
  return json;
};

let run: string;
/** Its history as it was read while it went on. */
const seen: { seq: number; kind: string; at: string }[][] = [];

beforeAll(async () => {
  const holding = await app.start("hold", { user: 42 });
  await waitFor("the holder runs", async () => (await app.show(holding)).status === "running");
  run = await app.start("trip", { user: 42 });
  await waitFor("it stands at the limit", async () => (await app.show(run)).wait?.gate != null);
  await pause(150);
  open();
  for (let isOver = false; !isOver; ) {
    const { entries } = await get(`${app.path(run)}/history`);
    seen.push(
      entries.map(({ seq, kind, at }: { seq: number; kind: string; at: string }) => ({ seq, kind, at })),
    );
    isOver = entries.at(-1).kind === "ended";
    await pause(5);
  }
});

describe("the time", () => {
  test("is covered without a gap, and says what the run waited for", async () => {
    const { time, run: shown } = await get(`${app.path(run)}/trace`);
    expect(Math.abs(time.ms - (Date.parse(shown.end) - Date.parse(shown.start)))).toBeLessThanOrEqual(1);
    for (const [index, phase] of time.phases.entries()) {
      expect(phase.start).toBe(index === 0 ? shown.start : time.phases[index - 1].end);
    }
    expect(time.phases.at(-1).end).toBe(shown.end);
    const sums = Object.fromEntries(
      time.sums.map(({ phase, ms }: { phase: string; ms: number }) => [phase, ms]),
    );
    expect(time.sums.reduce((all: number, { ms }: { ms: number }) => all + ms, 0)).toBeCloseTo(time.ms, 3);
    expect(sums["limit"]).toBeGreaterThanOrEqual(150);
    expect(sums["retry"]).toBeGreaterThanOrEqual(200);
    expect(sums["sleep"]).toBeGreaterThanOrEqual(200);
    expect(sums["child"]).toBeGreaterThanOrEqual(100);
    expect(sums["wait"]).toBeGreaterThanOrEqual(100);
    // Both attempts of pay, and the longer of the two that ran side by side.
    expect(sums["app"]).toBeGreaterThanOrEqual(20 + 20 + 80 - 3);
    expect(time.durable_ms).toBeCloseTo(time.ms - sums["app"], 3);
    expect(sums["idle"] ?? 0).toBeLessThan(0.1 * time.ms);
    expect(time.sums.find(({ phase }: { phase: string }) => phase === "limit").limit).toMatchObject({
      kind: "concurrency",
      key: 42,
    });
    expect(describeTime(time)).toMatch(/^[\d.]+ s: .*waiting on .* for 42.*your code/);
  });

  test("has a span for each thing that took some of it", async () => {
    const { spans } = await get(`${app.path(run)}/trace`);
    const named = (name: string) => spans.find((span: { name: string }) => span.name === name);
    const kinds = ["pay", "nap", "left", "right", "ask child", "late event"].map((name) => named(name)?.kind);
    expect(kinds).toEqual(["step", "sleep", "step", "step", "child", "wait"]);
    const tries = spans.filter(
      (span: { parent: string; kind: string }) => span.parent === named("pay").id && span.kind === "attempt",
    );
    expect(
      tries.map(({ status, attempt }: { status: string; attempt: number }) => [attempt, status]),
    ).toEqual([
      [1, "failed"],
      [2, "ok"],
    ]);
    expect(tries[0].phases.map(({ phase }: { phase: string }) => phase)).toContain("limit");
    expect(
      spans.find(
        (span: { kind: string; parent: string }) => span.kind === "limit" && span.parent === tries[0].id,
      ),
    ).toMatchObject({
      limit: { key: 42 },
    });
    expect(named("ask child").run).toMatch(/^[0-9a-f-]{36}$/);
    for (const { start, end, phases } of spans)
      for (const phase of phases) {
        expect(Date.parse(phase.start)).toBeGreaterThanOrEqual(Date.parse(start) - 1);
        if (end !== null) expect(Date.parse(phase.end)).toBeLessThanOrEqual(Date.parse(end) + 1);
      }
  });

  test("comes in pages from either end, each span once", async () => {
    const all = (await get(`${app.path(run)}/trace`)).spans.map(({ id }: { id: string }) => id);
    for (const order of ["asc", "desc"]) {
      const paged: string[][] = [];
      for (let cursor = ""; ; ) {
        const page = await get(`${app.path(run)}/trace?order=${order}&limit=2${cursor}`);
        expect(page.time === null).toBe(cursor !== "");
        paged.push(page.spans.map(({ id }: { id: string }) => id));
        if (page.next === null) break;
        cursor = `&cursor=${page.next}`;
      }
      expect(paged.length).toBeGreaterThan(2);
      expect(paged.flat().toSorted()).toEqual(all.toSorted());
    }
  });
});

describe("the history", () => {
  test("tells all of it in order, in words", async () => {
    const { entries, total } = await get(`${app.path(run)}/history`);
    expect(entries.map(({ seq }: { seq: number }) => seq)).toEqual(
      Array.from({ length: total }, (_, index) => index + 1),
    );
    const words = entries
      .map(describeEntry)
      .filter((line: string) => !line.includes("called, and nothing new"));
    const order = [
      /^scheduled by event trip/,
      /^let in by the .* for 42 after/,
      /^"pay": attempt 1, /,
      /^"pay": attempt 1 failed: Error: card declined/,
      /^"pay": backoff \d+ ms, until/,
      /^"pay": attempt 2, /,
      /^"pay": done: "paid"/,
      /^"nap": sleeps until/,
      /^"nap": done, by the clock after/,
      /^"ask child": invokes run/,
      /^"ask child": done, by run/,
      /^"late event": waits, until/,
      /^"late event": done, by the clock/,
      /^completed after .*: \{"done":true\}/,
    ];
    const found = order.map((pattern) => words.findIndex((line: string) => pattern.test(line)));
    expect(found, words.join("\n")).not.toContain(-1);
    expect(found, words.join("\n")).toEqual(found.toSorted((a, b) => a - b));
  });

  test("never changes a number: what was read while it went on is how it begins", async () => {
    const { entries } = await get(`${app.path(run)}/history`);
    expect(seen.length).toBeGreaterThan(5);
    for (const early of seen) {
      const same = entries
        .slice(0, early.length)
        .map(({ seq, kind, at }: { seq: number; kind: string; at: string }) => ({ seq, kind, at }));
      expect(same).toEqual(early);
    }
  });

  test("has calls that brought nothing new, and when steps with calls of their own were planned", async () => {
    const both = await app.start("sides");
    const kinds = async () => {
      const { entries } = await get(`${app.path(both)}/history`);
      return entries.map(
        ({ kind, step }: { kind: string; step: { name: string } | null }) => `${kind} ${step?.name ?? ""}`,
      );
    };
    // The one has settled, so the function is called; the other has not, so it has nothing to say.
    await waitFor("a turn", async () => (await kinds()).includes("turn "));
    goOn();
    expect(await app.ended(both)).toMatchObject({ status: "completed" });
    expect((await kinds()).filter((kind: string) => !/^turn/.test(kind))).toEqual([
      "scheduled ",
      "planned quick",
      "planned slow",
      "attempt quick",
      "settled quick",
      "attempt slow",
      "settled slow",
      "ended ",
    ]);
    const { spans, time } = await get(`${app.path(both)}/trace`);
    expect(spans.filter(({ status }: { status: string }) => status === "turn").length).toBeGreaterThan(0);
    expect(time.sums.some(({ phase, ms }: { phase: string; ms: number }) => phase === "app" && ms > 0)).toBe(
      true,
    );
  });

  test("comes in pages from either end", async () => {
    const { total } = await get(`${app.path(run)}/history`);
    for (const order of ["asc", "desc"]) {
      const seqs: number[] = [];
      for (let cursor = ""; ; ) {
        const { entries, next } = await get(`${app.path(run)}/history?order=${order}&limit=7${cursor}`);
        seqs.push(...entries.map(({ seq }: { seq: number }) => seq));
        if (next === null) break;
        cursor = `&cursor=${next}`;
      }
      const whole = Array.from({ length: total }, (_, index) => index + 1);
      expect(seqs).toEqual(order === "asc" ? whole : whole.toReversed());
    }
  });
});

test("the run as it was: while it slept, its payment was done and nothing else", async () => {
  const { time } = await get(`${app.path(run)}/trace`);
  const during = (wanted: string, query = "") => {
    const { start, end } = time.phases.find(({ phase }: { phase: string }) => phase === wanted);
    return get(
      `${app.path(run)}?at=${new Date((Date.parse(start) + Date.parse(end)) / 2).toISOString()}${query}`,
    );
  };
  const asleep = await during("sleep");
  expect(asleep).toMatchObject({ status: "waiting", ended_at: null, output: null, children: [] });
  expect(asleep.steps.map(({ name, status }: { name: string; status: string }) => [name, status])).toEqual([
    ["pay", "ok"],
    ["nap", "pending"],
  ]);
  const head = await during("sleep", "&steps_after=1");
  expect([head.steps.map(({ name }: { name: string }) => name), head.attempts]).toEqual([["nap"], []]);
  expect(await during("retry")).toMatchObject({
    status: "waiting",
    steps: [{ name: "pay", status: "retrying", attempt: 1, failure: { message: "card declined" } }],
  });
  expect(await during("limit")).toMatchObject({ status: "queued", steps: [] });
  expect(await during("child")).toMatchObject({ status: "waiting", children: [{ status: "running" }] });
  const { ended_at } = await get(app.path(run));
  expect(await get(`${app.path(run)}?at=${new Date(Date.parse(ended_at) + 1).toISOString()}`)).toMatchObject({
    status: "completed",
    output: { done: true },
  });
  expect((await engine.call("GET", `${app.path(run)}?at=2020-01-01T00:00:00.000Z`)).status).toBe(404);
});

test.each(["trace", "history"])("%s of an unknown run is a 404 like any other", async (what) => {
  const unknown = "00000000-0000-7000-8000-000000000000";
  const { status, json } = await engine.call("GET", `${app.path(unknown)}/${what}`);
  expect([status, json.code]).toEqual([404, "not-found"]);
});

describe("on the command line", () => {
  async function durable(args: readonly string[], environment: Record<string, string> = {}) {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url)), ...args],
      {
        env: { PATH: process.env["PATH"], DURABLE_URL: engine.url, DURABLE_APP: "trace", ...environment },
      },
    );
    child.stdin.end();
    const [out, err, [code]] = await Promise.all([
      allOf(child.stdout),
      allOf(child.stderr),
      once(child, "close"),
    ]);
    return { code: code as number | null, out, err };
  }

  test("runs show says where the time went, runs history tells what happened", async () => {
    const [shown, then, told] = [
      await durable(["runs", "show", run]),
      await durable(["runs", "show", run, "--at", (await get(`${app.path(run)}/history`)).entries[1].at]),
      await durable(["runs", "history", run, "--desc"]),
    ];
    expect(shown.out, shown.err).toMatch(/[\d.]+ s: .*waiting on .* for 42.*your code/);
    expect(then.out, then.err).not.toContain("nap");
    const lines = told.out.trim().split("\n");
    expect(lines[0]).toMatch(/completed after/);
    expect(lines.at(-1)).toMatch(/^ +1 {2}\S+ {2}scheduled by event trip/);
  });

  test("replay steps local code through a run: the same code takes the recorded path, a renamed step is named", async () => {
    const ordered = await app.start("ordered", { amount: 21 });
    expect(await app.ended(ordered)).toMatchObject({
      status: "completed",
      output: { total: 42, packed: [1, 2, 3] },
    });
    const replay = [
      "replay",
      ordered,
      "--module",
      fileURLToPath(new URL("replay.fixture.ts", import.meta.url)),
    ];
    const same = await durable(replay);
    expect(same, same.err).toMatchObject({
      code: 0,
      out: expect.stringContaining("It takes the recorded path."),
    });
    const renamed = await durable(replay, { REPLAY_CHARGE: "bill" });
    expect(renamed.code, renamed.err).toBe(1);
    expect(renamed.out).toMatch(
      /The code asks for run "bill" \(0\), and recorded is entry 1, run "charge" \(0\)/,
    );
    expect(renamed.out).toMatch(/replay\.fixture\.ts:\d+:\d+/);
  });
});
