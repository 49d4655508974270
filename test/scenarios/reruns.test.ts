// Runs that go again: from the start, from a step, from the one that failed.
import { createFunction, NonRetriableError } from "@durable/sdk";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { runCommand, saidBy } from "../support/command-line.ts";
import { waitFor } from "../support/wait.ts";
import { engineWithApp } from "./engine-with-app.ts";

/** Of reruns that race each other. */
const ROUNDS = 8;
const AT_ONCE = 8;

/** What ran, with what it was given. */
let ran: string[] = [];
/** What the bank says; null: it takes the money. */
let refusal: string | null = null;
/** By run, what ends the slow step of it. */
const slow = new Map<string, () => void>();

const note = (what: string) => {
  ran.push(what);
  return what;
};

/** The code of a step that is done once the bank takes the money. */
const mayRefuse = (what: string) => () => {
  if (refusal !== null) throw new Error(refusal);
  return note(what);
};

const order = createFunction({
  id: "order",
  trigger: { event: "order" },
  input: z.object({ item: z.string() }),
  handler: async ({ event, step }) => {
    const item = await step.run("reserve", () => note(`reserve ${event.data.item}`));
    const packed: string[] = [];
    for (const part of ["box", "tape", "label"])
      packed.push(await step.run("pack", () => note(`pack ${part} for ${item}`)));
    await step.run(
      "charge",
      () => {
        if (refusal !== null) throw Object.assign(new Error(refusal), { name: "CardError", retry: false });
        return note("charge");
      },
      { retry: { max: 1 } },
    );
    return packed;
  },
});

const saga = createFunction({
  id: "saga",
  trigger: { event: "saga" },
  handler: async ({ event, step, run }) => {
    await step.run("look", () => note("look"));
    await step.run("book", () => note("book"), { compensate: () => void note("unbook") });
    await step.run("pay", mayRefuse("pay"), { retry: { max: 1 } });
    if (event.data?.slow) {
      await step.run("slow", () => new Promise<void>((resolve) => void slow.set(run.id, resolve)));
    }
    if (event.data?.late && refusal === "late") throw new NonRetriableError("late");
    await step.run("end", () => note("end"));
  },
});

const waits = createFunction({
  id: "waits",
  trigger: { event: "waits" },
  handler: async ({ step }) => {
    const said = await step.waitForEvent("hear", { event: "said", timeout: "1h" });
    const both = await step.waitForAll("both", [{ event: "one" }, { event: "two" }], { timeout: "1h" });
    const raced = await step.race({
      quick: (s) => s.run("quick", () => note("quick"), {}),
      slow: (s) => s.sleep("slow", "1d"),
    });
    await step.run("judge", mayRefuse("judge"), { retry: { max: 1 } });
    return [said?.data, both?.map(({ data }) => data), raced];
  },
});

const racer = createFunction({
  id: "racer",
  trigger: { event: "racer" },
  handler: async ({ step }) => {
    const first = await step.race(
      {
        slow: (s) =>
          s.run(
            "slow",
            () => {
              note("slow");
              throw new Error("not yet");
            },
            { retry: { max: 5, base: "1h" } },
          ),
        quick: (s) => s.sleep("quick", 20),
      },
      { fanOut: false },
    );
    await step.run("judge", mayRefuse("judge"), { retry: { max: 1 } });
    return first.branch;
  },
});

const batched = createFunction({
  id: "batched",
  trigger: { event: "batched" },
  batch: { maxSize: 2, maxWait: "1h" },
  handler: async ({ events, step }) =>
    step.run("sum", () => note(events.map(({ data }) => data.n).join("+"))),
});

const child = createFunction({
  id: "child",
  handler: async ({ event, step }) => step.run("work", () => note(`work ${event.data}`)),
});
const parent = createFunction({
  id: "parent",
  trigger: { event: "parent" },
  handler: async ({ step }) => {
    const value = await step.invoke("ask", child, { input: 7 });
    await step.run("after", mayRefuse("after"), { retry: { max: 1 } });
    return value;
  },
});
const yearly = createFunction({
  id: "yearly",
  trigger: { cron: "0 0 1 1 *" },
  handler: async ({ step }) => step.run("greet", () => note("greet")),
});

const { engine, app } = engineWithApp("reruns", [order, saga, waits, racer, batched, child, parent, yearly]);
beforeEach(() => {
  ran = [];
  refusal = null;
});

const rerun = async (run: string, body: object = {}, query = "") =>
  engine.call("POST", `${app.path(run)}/rerun${query}`, body);

async function failed(name: string, data: unknown = null): Promise<string> {
  refusal = "no money";
  const run = await app.start(name, data);
  expect((await app.ended(run)).status).toBe("failed");
  refusal = null;
  return run;
}

const durable = (...args: string[]) => saidBy(args, { DURABLE_URL: engine.url, DURABLE_APP: "reruns" });

async function audited(run: string) {
  const rows = await engine.database.sql`
    select action, detail from durable.audit where target = ${run} order by id`;
  return rows.map(({ action, detail }) => ({ action, detail: JSON.parse(detail) }));
}

test("retry goes on from the failed step with the results there are, and the failed run stays what it is", async () => {
  const run = await failed("order", { item: "lamp" });
  const before = await app.show(run);
  ran = [];
  const { json, status } = await rerun(run, { from_step: "failed", reason: "the bank is back" });
  expect(status, JSON.stringify(json)).toBe(200);
  expect(json).toMatchObject({ origin: run, kind: "retry", kept: 4, anew: [], undone: null });
  const after = await app.ended(json.run);
  expect(after).toMatchObject({
    status: "completed",
    output: ["box", "tape", "label"].map((part) => `pack ${part} for reserve lamp`),
    origin: { run, kind: "retry", step: "charge", kept: 4 },
  });
  expect(ran).toEqual(["charge"]);
  const kept = (entries: { seq: number }[]) =>
    entries
      .slice(0, 4)
      .map(({ seq, id, name, n, value }: Record<string, unknown>) => ({ seq, id, name, n, value }));
  expect(kept(after.steps)).toEqual(kept(before.steps));
  expect(await app.show(run)).toEqual({
    ...before,
    // The log's position, which others move on.
    rev: expect.any(Number),
    reruns: [{ run: json.run, kind: "retry", status: "completed" }],
  });
  expect(await audited(run)).toEqual([
    { action: "run.retry", detail: { run: json.run, kept: 4, step: "charge", reason: "the bank is back" } },
  ]);
});

test("a preview says what would run again, and does nothing", async () => {
  const run = await failed("order", { item: "lamp" });
  const count = async () => (await engine.database.sql`select count(*)::int as n from durable.runs`)[0]!["n"];
  const runs = await count();
  const from = { step: "pack", occurrence: 2 };
  const { json } = await rerun(run, { from_step: from }, "?preview=true");
  expect(json).toMatchObject({ run: null, kept: 2 });
  expect(json.again.map(({ name, n }: { name: string; n: number }) => `${name} ${n}`)).toEqual([
    "pack 1",
    "pack 2",
    "charge 0",
  ]);
  expect(await count()).toBe(runs);
  expect(await audited(run)).toEqual([]);
});

test("from one of several steps of one name, which must be said", async () => {
  const run = await failed("order", { item: "lamp" });
  ran = [];
  const vague = await rerun(run, { from_step: { step: "pack" } });
  expect(vague.status).toBe(422);
  expect(vague.json.detail).toMatch(/has 3 steps "pack"; say which: 1 is [0-9a-f]{32}, 2 is/);
  const said = await durable(
    "runs",
    "rerun",
    run,
    "--from",
    "pack",
    "--occurrence",
    "2",
    "--result",
    '"a crate"',
  );
  expect(said).toMatch(
    /Run \S+ of order \(version 1\) is on disk, made from \S+\.\nIt begins with 3 results\./,
  );
  const { status, output } = await app.ended(/Run (\S+) of/.exec(said)![1]!);
  expect({ status, output }).toEqual({
    status: "completed",
    output: ["pack box for reserve lamp", "a crate", "pack label for reserve lamp"],
  });
  expect(ran).toEqual(["pack label for reserve lamp", "charge"]);
});

test("from the start with another input, which must fit", async () => {
  const run = await failed("order", { item: "lamp" });
  ran = [];
  const unfit = await rerun(run, { data: { thing: 1 } });
  expect(unfit.status).toBe(422);
  expect(unfit.json.errors[0].pointer).toBe("/data");
  const { json } = await rerun(run, { data: { item: "desk" } });
  const after = await app.ended(json.run);
  expect(after.event).toMatchObject({ name: "order", data: { item: "desk" } });
  expect(ran[0]).toBe("reserve desk");
  // It is no fact that anybody sent: no wait may look back on it.
  const [event] = await engine.database.sql`
    select isfinite(e.received_at) as is_sent from durable.runs r join durable.events e on e.id = r.event_id where r.id = ${json.run}`;
  expect(event!["is_sent"]).toBe(false);
});

test("what was undone runs again, and the new run can undo it", async () => {
  const run = await failed("saga");
  expect(ran).toEqual(["look", "book", "unbook"]);
  ran = [];
  refusal = "still none";
  const { json } = await rerun(run, { from_step: "failed" });
  expect(json).toMatchObject({ kept: 1 });
  expect(json.undone).toMatch(/^[0-9a-f]{32}$/);
  expect((await app.ended(json.run)).status).toBe("failed");
  expect(ran).toEqual(["book", "unbook"]);
});

test("the right to undo a step is given to one rerun at a time", async () => {
  const run = await app.start("saga", { late: true });
  expect((await app.ended(run)).status).toBe("completed");
  ran = [];
  const from = { step: "end" };
  refusal = "late";
  const first = (await rerun(run, { from_step: from })).json.run;
  expect((await app.ended(first)).status).toBe("failed");
  expect(ran).toEqual(["unbook"]);
  // It has undone what the origin had booked, so that is booked again.
  refusal = null;
  ran = [];
  const second = await rerun(run, { from_step: from });
  expect(second.json).toMatchObject({ kept: 1 });
  expect((await app.ended(second.json.run)).status).toBe("completed");
  expect(ran).toEqual(["book", "pay", "end"]);
});

/** The run is at its slow step; that ends, and so does the run. */
async function letGo(run: string): Promise<void> {
  await waitFor("its slow step", () => slow.has(run));
  slow.get(run)!();
  expect((await app.ended(run)).status).toBe("completed");
}

test("nobody keeps a step that a live run may undo", async () => {
  const run = await app.start("saga", { slow: true });
  await waitFor("its slow step", () => slow.has(run));
  expect((await rerun(run, { from_step: { step: "pay" } })).json).toMatchObject({ code: "run-not-ended" });
  await letGo(run);
  const first = (await rerun(run, { from_step: { step: "slow" } })).json.run;
  const held = await rerun(run, { from_step: { step: "pay" } });
  expect(held.json).toMatchObject({ code: "undo-held" });
  expect(held.json.detail).toContain(first);
  await letGo(first);
  await letGo((await rerun(run, { from_step: { step: "pay" } })).json.run);
});

test("of many reruns at once that keep a step which can be undone, one begins", async () => {
  const run = await app.start("saga", { slow: true });
  await letGo(run);
  for (let round = 0; round < ROUNDS; round += 1) {
    const asked = await Promise.all(
      Array.from({ length: AT_ONCE }, () => rerun(run, { from_step: { step: "slow" } })),
    );
    const done = asked.filter(({ status }) => status === 200);
    expect(done).toHaveLength(1);
    await letGo(done[0]!.json.run);
  }
});

test("waits, a race and a child keep what came of them", async () => {
  refusal = "no";
  const run = await app.start("waits");
  const send = (name: string, data: unknown) => engine.call("POST", "/v1/events?app=reruns", { name, data });
  await waitFor("its wait", async () => (await app.show(run)).wait?.kind === "event");
  await send("said", "hello");
  await waitFor("its next wait", async () => (await app.show(run)).steps.length === 2);
  await send("one", 1);
  await send("two", 2);
  expect((await app.ended(run)).status).toBe("failed");
  refusal = null;
  ran = [];
  const { json } = await rerun(run, { from_step: "failed" });
  const after = await app.ended(json.run);
  expect(after.output).toEqual(["hello", [1, 2], { branch: "quick", value: "quick" }]);
  expect(ran).toEqual(["judge"]);
  const [taken] = await engine.database
    .sql`select count(*)::int as n from durable.taken_events where run_id = ${json.run}`;
  expect(taken!["n"]).toBe(3);

  const family = await failed("parent");
  ran = [];
  const again = (await rerun(family, { from_step: "failed" })).json.run;
  expect(await app.ended(again)).toMatchObject({ status: "completed", output: "work 7", children: [] });
  expect(ran).toEqual(["after"]);
});

test("who lost a race that is kept is not begun again", async () => {
  const run = await failed("racer");
  expect(ran).toEqual(["slow"]);
  ran = [];
  const { json } = await rerun(run, { from_step: "failed" });
  expect(json).toMatchObject({ kept: 2, anew: [] });
  expect(await app.ended(json.run)).toMatchObject({ status: "completed", output: "quick", unclaimed: 0 });
  expect(ran).toEqual(["judge"]);
});

test("where its time went, and what happened, is told of what it ran, and of what it kept", async () => {
  const run = await failed("order", { item: "lamp" });
  const again = (await rerun(run, { from_step: "failed" })).json.run;
  await app.ended(again);
  const { json: trace } = await engine.call("GET", `${app.path(again)}/trace`);
  const { json: history } = await engine.call("GET", `${app.path(again)}/history`);
  // What was kept was not called for here: it took no time of this run.
  const called = trace.spans.filter(({ phases }: { phases: unknown[] }) => phases.length > 0);
  expect(called).toHaveLength(1);
  const settled = history.entries.filter(({ kind }: { kind: string }) => kind === "settled");
  expect(settled.map(({ step }: { step: { name: string; n: number } }) => `${step.name} ${step.n}`)).toEqual([
    ...["reserve 0", "pack 0", "pack 1", "pack 2", "charge 0"],
  ]);
  expect(await durable("runs", "show", again)).toContain(`goes over run ${run} again, with 4 results of it`);
  // The exit code says that it failed.
  const shown = await runCommand(["runs", "show", run], { DURABLE_URL: engine.url, DURABLE_APP: "reruns" });
  expect(shown.out).toContain(`was run again as run ${again}, which is completed`);
});

test("runs of batches, schedules and parents go again", async () => {
  const sent = await engine.call("POST", "/v1/events?app=reruns", [
    { name: "batched", data: { n: 1 } },
    { name: "batched", data: { n: 2 } },
  ]);
  const batch = await waitFor("the batch", async () => {
    const { runs } = (await engine.call("GET", "/v1/apps/reruns/dev/runs?function=batched&status=completed"))
      .json;
    return runs[0]?.id;
  });
  expect(sent.status).toBe(200);
  const again = (await rerun(batch)).json.run;
  expect((await app.ended(again)).output).toBe("1+2");
  expect((await rerun(batch, { data: {} })).json).toMatchObject({ code: "validation" });
  // And one of one.
  expect((await app.ended((await rerun(again)).json.run)).output).toBe("1+2");

  const { schedules } = (await engine.call("GET", "/v1/apps/reruns/dev/schedules")).json;
  const tick = (await engine.call("POST", `/v1/apps/reruns/dev/schedules/${schedules[0].id}/run`, {})).json
    .run;
  expect((await app.ended(tick)).status).toBe("completed");
  expect((await app.ended((await rerun(tick)).json.run)).output).toBe("greet");

  const run = await app.start("parent");
  const { children } = await app.ended(run);
  const own = (await rerun(children[0].run)).json.run;
  expect(await app.ended(own)).toMatchObject({ output: "work 7", parent: null });
});

test("what is not there is not run again", async () => {
  const unknown = await rerun("01890a5d-ac96-774b-bcce-b302099a8057");
  expect(unknown.status).toBe(404);
  const run = await failed("order", { item: "lamp" });
  expect((await rerun(run, { from_step: { step: "nothing" } })).json.errors[0].pointer).toBe(
    "/from_step/step",
  );
  expect((await rerun(run, { result: 1 })).status).toBe(422);
  expect((await rerun(run, { version: "same" })).status).toBe(200);
  const elsewhere = await engine.call("POST", `/v1/apps/other/dev/runs/${run}/rerun`, {});
  expect(elsewhere.status).toBe(404);
});
