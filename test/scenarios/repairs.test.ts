// A run that lives is mended where it stands: an open step is tried again, settled by hand, or its time is changed.
import { createFunction } from "@durable/sdk";
import { beforeEach, expect, test } from "vitest";
import { waitFor } from "../support/wait.ts";
import { engineWithApp } from "./engine-with-app.ts";

let ran: string[] = [];
let refusal: string | null = null;

const file = createFunction({
  id: "file",
  trigger: { event: "file" },
  handler: async ({ step }) => {
    const made = await step.run("make", () => {
      ran.push("make");
      return "a form";
    });
    const number = await step.run(
      "file",
      () => {
        if (refusal !== null) throw new Error(refusal);
        ran.push("file");
        return 7;
      },
      { retry: { max: 1 }, onExhausted: "pause" },
    );
    return [made, number];
  },
});

/** Its steps are tasks, each with a lease of its own. */
const planned = createFunction({
  id: "planned",
  trigger: { event: "planned" },
  handler: ({ step }) =>
    step.parallel(
      {
        well: (s) => s.run("well", () => "well"),
        ill: (s) =>
          s.run(
            "ill",
            () => {
              if (refusal !== null) throw new Error(refusal);
              return "ill";
            },
            { retry: { max: 1 }, onExhausted: "pause" },
          ),
      },
      { fanOut: true },
    ),
});

const parent = createFunction({
  id: "parent",
  trigger: { event: "parent" },
  handler: ({ step }) => step.invoke("ask", sleeper, {}),
});

const sleeper = createFunction({
  id: "sleeper",
  trigger: { event: "sleeper" },
  handler: async ({ step }) => {
    await step.sleep("nap", "30d");
    return "awake";
  },
});

const waiter = createFunction({
  id: "waiter",
  trigger: { event: "waiter" },
  handler: async ({ event, step }) => {
    if (event.data === "any") {
      return step.waitForAny("either", { a: { event: "a" }, b: { event: "b" } } as never, { timeout: "1d" });
    }
    const said = await step.waitForEvent("hear", { event: "said", timeout: "1d" });
    return said?.data ?? "nothing";
  },
});

const { engine, app } = engineWithApp("repairs", [file, planned, sleeper, parent, waiter]);
beforeEach(() => {
  ran = [];
  refusal = null;
});

const repair = (run: string, body: object, query = "") =>
  engine.call("POST", `${app.path(run)}/repair${query}`, body);
const at = (run: string, status: string) =>
  waitFor(`the run to be ${status}`, async () => (await app.show(run)).status === status);

async function stuck(): Promise<string> {
  refusal = "the office is closed";
  const run = await app.start("file");
  await at(run, "paused");
  return run;
}

async function audited(run: string) {
  const rows = await engine.database.sql`
    select action, detail from durable.audit where target = ${run} order by id`;
  return rows.map(({ action, detail }) => [action, JSON.parse(detail)]);
}

test("a step is completed by hand, and the run goes on with what it was given", async () => {
  const run = await stuck();
  const asked = { action: "complete", step: "file", value: { no: 41 }, reason: "filed by phone" };
  const preview = await repair(run, asked, "?preview=true");
  expect(preview.json).toMatchObject({ preview: true, status: "queued", undo: null });
  expect((await app.show(run)).status).toBe("paused");
  expect((await repair(run, asked)).json).toMatchObject({ preview: false, status: "queued" });
  expect(await app.ended(run)).toMatchObject({ status: "completed", output: ["a form", { no: 41 }] });
  expect(ran).toEqual(["make"]);
  expect(await audited(run)).toEqual([
    ["step.complete", { id: expect.any(String), step: "file", reason: "filed by phone" }],
  ]);
});

test("a step is skipped, and stays so", async () => {
  const run = await stuck();
  expect((await repair(run, { action: "skip", step: "file", stay: true })).json.status).toBe("paused");
  expect((await repair(run, { action: "skip", step: "file" })).json.code).toBe("step-not-repairable");
  await app.act(run, "resume");
  expect((await app.ended(run)).output).toEqual(["a form", null]);
});

test("a step is tried again in place", async () => {
  const run = await stuck();
  refusal = null;
  expect((await repair(run, { action: "retry", step: "file" })).json.status).toBe("queued");
  expect((await app.ended(run)).output).toEqual(["a form", 7]);
  expect((await app.show(run)).steps[1].attempt).toBe(2);
});

test("a planned step is tried again, or completed by hand, and leaves no task behind", async () => {
  const stuckAt = async () => {
    refusal = "no";
    const run = await app.start("planned");
    await at(run, "paused");
    refusal = null;
    return run;
  };
  const [retried, completed] = [await stuckAt(), await stuckAt()];
  await repair(retried, { action: "retry", step: "ill" });
  expect((await app.ended(retried)).output).toEqual({ well: "well", ill: "ill" });
  await repair(completed, { action: "complete", step: "ill", value: "by hand" });
  expect((await app.ended(completed)).output).toEqual({ well: "well", ill: "by hand" });
  expect(await engine.database.sql`select 1 from durable.tasks`).toHaveLength(0);
});

test("what a child is waited for is given by hand, and the child is let go", async () => {
  const run = await app.start("parent");
  await at(run, "waiting");
  await app.act(run, "pause");
  await at(run, "paused");
  const child = (await app.show(run)).children[0].run;
  await repair(run, { action: "complete", step: "ask", value: "never mind" });
  expect((await app.ended(run)).output).toBe("never mind");
  expect((await app.ended(child)).status).toBe("cancelled");
});

test("a sleep ends earlier, later, and how to take that back is said", async () => {
  const run = await app.start("sleeper");
  await at(run, "waiting");
  const { due_at: before } = (await app.show(run)).steps[0];
  const later = new Date(Date.parse(before) + 3_600_000).toISOString();
  const { json } = await repair(run, { action: "wake", step: "nap", at: later });
  expect(json).toMatchObject({ before, at: later, undo: { action: "wake", at: before } });
  expect((await app.show(run)).steps[0].due_at).toBe(later);
  await repair(run, { ...json.undo, step: "nap" });
  expect((await app.show(run)).steps[0].due_at).toBe(before);
  await repair(run, { action: "wake", step: "nap", at: "2020-01-01T00:00:00.000Z" });
  expect((await app.ended(run)).output).toBe("awake");
  expect((await audited(run))[0]![1].undo).toBe(`wake at ${before}`);
});

test("a wait is resolved by hand, as if its event had come, or its time were over", async () => {
  const [heard, over, either] = await Promise.all([
    app.start("waiter"),
    app.start("waiter"),
    app.start("waiter", "any"),
  ]);
  for (const run of [heard, over, either]) await at(run, "waiting");
  await repair(heard, { action: "resolve", step: "hear", value: "hello" });
  await repair(over, { action: "resolve", step: "hear" });
  expect((await repair(either, { action: "resolve", step: "either", key: "c", value: 1 })).json.code).toBe(
    "step-not-repairable",
  );
  await repair(either, { action: "resolve", step: "either", key: "b", value: 1 });
  expect((await app.ended(heard)).output).toBe("hello");
  expect((await app.ended(over)).output).toBe("nothing");
  expect((await app.ended(either)).output).toMatchObject({ key: "b", event: { name: "b", data: 1 } });
});

test("only what is open is mended, of a run that is paused", async () => {
  const waiting = await app.start("waiter");
  await at(waiting, "waiting");
  const codeOf = async (run: string, body: object) => (await repair(run, body)).json.code;
  expect(await codeOf(waiting, { action: "complete", step: "hear", value: 1 })).toBe("run-not-paused");
  expect(await codeOf(waiting, { action: "wake", step: "hear", at: "2020-01-01T00:00:00.000Z" })).toBe(
    "step-not-repairable",
  );
  const run = await stuck();
  expect(await codeOf(run, { action: "skip", step: "make" })).toBe("step-not-repairable");
  expect(await codeOf(run, { action: "skip", step: "nothing" })).toBe("validation");
  expect(await codeOf(run, { action: "complete", step: "file" })).toBe("validation");
  await app.act(run, "cancel");
  expect(await codeOf(run, { action: "skip", step: "file" })).toBe("run-terminal");
  await app.act(waiting, "cancel");
  const elsewhere = await engine.call("POST", `/v1/apps/other/dev/runs/${run}/repair`, {
    action: "skip",
    step: "file",
  });
  expect(elsewhere.status).toBe(404);
});
