// What people are asked: the inbox, its answers, reminders and escalations, over HTTP with the real SDK.
import { createFunction, Durable } from "@durable/sdk";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { travel } from "../support/travel.ts";
import { asAdmin } from "./api-engine.ts";
import { engineWithApp } from "./engine-with-app.ts";
import { startSdkApp } from "./sdk-app.ts";

const order = z.object({ amount: z.number().int().max(100), note: z.string().optional() });

const asks = createFunction({
  id: "asks",
  trigger: { event: "asks" },
  handler: async ({ event, step }) => {
    const answer = await step.waitForInput("amount", {
      title: "How much?",
      prompt: "Look at the\norder.",
      schema: order,
      assignee: event.data.assignee,
      timeout: "30d",
    });
    const amount: number | undefined = answer?.value.amount;
    return answer === null ? null : { ...answer, amount };
  },
});
const decides = createFunction({
  id: "decides",
  trigger: { event: "decides" },
  handler: ({ event, step }) => step.waitForApproval("sign", event.data),
});
const anything = createFunction({
  id: "anything",
  trigger: { event: "anything" },
  handler: ({ step }) => step.waitForInput("anything"),
});
const refined = createFunction({
  id: "refined",
  trigger: { event: "refined" },
  handler: async ({ step }) => {
    const schema = z
      .string()
      .refine((word) => word === word.toUpperCase(), "must be in capitals")
      .transform((word) => word.length);
    try {
      return (await step.waitForInput("word", { schema }))?.value;
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  },
});
const broken = createFunction({
  id: "broken",
  trigger: { event: "broken" },
  handler: ({ step }) =>
    step
      .waitForInput("broken", { jsonSchema: { type: "nonsense" } })
      .catch((error: Error) => `${error.name}: ${error.message}`),
});
const dangling = createFunction({
  id: "dangling",
  trigger: { event: "dangling" },
  handler: ({ step }) =>
    step
      .waitForInput("amount", { schema: order, jsonSchema: { type: "object", $ref: "#/$defs/none" } })
      .catch((error: Error) => error.name),
});
const raced = createFunction({
  id: "raced",
  trigger: { event: "raced" },
  handler: async ({ step }) => {
    const first = await step.race({
      person: (branch) => branch.waitForApproval("by person", { assignee: "race" }),
      event: (branch) => branch.waitForEvent("by event", { event: "decided" }),
    });
    await step.sleep("rest", 10);
    return first.branch;
  },
});
const both = createFunction({
  id: "both",
  trigger: { event: "both" },
  handler: async ({ step }) => {
    const [ann, bob] = await step.parallel([
      (branch) => branch.waitForApproval("sign", { assignee: "both-ann" }),
      (branch) => branch.waitForApproval("sign", { assignee: "both-bob" }),
    ]);
    return [ann?.by, bob?.by];
  },
});
const told: { name: string; id: string; assignee: string | null }[] = [];
const notified = createFunction({
  id: "notified",
  trigger: { event: "durable.input.*" },
  handler: ({ event }) => {
    told.push({ name: event.name, id: event.data.id, assignee: event.data.assignee });
  },
});

const asksAgain = createFunction({
  id: "asks-again",
  trigger: { event: "durable.input.requested", if: "event.data.assignee == 'again'" },
  handler: ({ step }) =>
    step.invoke("child", asksOnce).then(() => step.waitForApproval("again", { assignee: "again" })),
});
const asksOnce = createFunction({
  id: "asks-once",
  handler: ({ step }) => step.waitForApproval("again", { assignee: "again", timeout: "50ms" }),
});

let durable: Durable;

const { engine, app } = engineWithApp("shop", [
  asks,
  decides,
  anything,
  refined,
  broken,
  dangling,
  raced,
  both,
  notified,
  asksAgain,
  asksOnce,
]);

beforeAll(() => {
  durable = new Durable({ app: "shop", url: engine.url });
});

afterEach(() => expectInvariants(engine.database));

const INPUTS = "/v1/apps/shop/dev/inputs";
const list = async (query = "") => (await engine.call("GET", `${INPUTS}${query}`)).json;
const show = async (id: string) => (await engine.call("GET", `${INPUTS}/${id}`)).json;
const answer = (id: string, body: unknown) => engine.call("POST", `${INPUTS}/${id}/answer`, body);

/** The inputs of a run, once there are as many. */
async function askedBy(run: string, count = 1) {
  await expect.poll(async () => (await list(`?run=${run}&status=all`)).inputs.length).toBe(count);
  return (await list(`?run=${run}&status=all`)).inputs;
}
async function begin(name: string, data: unknown = {}) {
  const run = await app.start(name, data);
  const [input] = await askedBy(run);
  return { run, input, id: input.id as string };
}

describe("an input", () => {
  test("stands in the inbox with all there is to know, and the run says whom it waits for", async () => {
    const { run, input } = await begin("asks", { assignee: "ann" });
    expect(input).toEqual({
      id: expect.any(String),
      kind: "input",
      status: "open",
      name: "amount",
      title: "How much?",
      prompt: "Look at the\norder.",
      assignee: "ann",
      escalated_from: null,
      schema: expect.objectContaining({ type: "object", required: ["amount"] }),
      run,
      function: "asks",
      asked_at: expect.any(String),
      due_at: expect.any(String),
      reminded_at: null,
      escalated_at: null,
      ended_at: null,
      answer: null,
    });
    expect(Date.parse(input.due_at) - Date.parse(input.asked_at)).toBe(30 * 86_400_000);
    expect(await show(input.id)).toEqual(input);
    const { why, steps } = await app.show(run);
    expect(why).toContain(`"amount" waits for the input of ann (input ${input.id}) until ${input.due_at}`);
    expect(steps[0].input).toMatchObject({ id: input.id, kind: "input", status: "open", assignee: "ann" });
    await app.act(run, "cancel");
  });

  test("is refused with the place of each flaw, and stays open; then the answer is the result, with who and when", async () => {
    const { run, id } = await begin("asks", { assignee: "ann" });
    const wrong = await answer(id, { value: { amount: 1.5, note: 7 }, by: "ann" });
    expect(wrong.status).toBe(422);
    expect(wrong.json.code).toBe("validation");
    expect(wrong.json.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      "/value/amount",
      "/value/note",
    ]);
    expect((await answer(id, { by: "ann" })).json.errors[0].pointer).toBe("/value");
    expect((await answer(id, { approved: true })).json.errors[0].pointer).toBe("/approved");
    expect((await show(id)).status).toBe("open");

    const taken = await answer(id, { value: { amount: 5, note: "ok" }, by: "ann" });
    expect(taken.json).toEqual({ id, status: "answered", by: "ann", at: expect.any(String) });
    const { at } = taken.json;
    const { output, steps } = await app.ended(run);
    expect(output).toEqual({ value: { amount: 5, note: "ok" }, by: "ann", at, amount: 5 });
    expect(steps[0].input).toMatchObject({ status: "answered", answered_by: "ann", ended_at: at });
    expect(await show(id)).toMatchObject({
      status: "answered",
      answer: { value: { amount: 5 }, by: "ann", at },
    });
    expect((await list(`?run=${run}`)).inputs).toEqual([]);
    expect((await list(`?run=${run}&status=answered`)).inputs).toHaveLength(1);

    const late = await answer(id, { value: { amount: 6 }, by: "bob" });
    expect({ status: late.status, code: late.json.code }).toEqual({ status: 409, code: "already-answered" });
    expect(late.json.detail).toBe(`ann has answered this at ${at}. The first answer counts.`);
    const [audit] = await engine.database.sql`select * from durable.audit where target = ${id}`;
    expect(audit).toMatchObject({ actor: "dev", action: "input.answer", detail: "answered by ann" });
  });

  test("takes any JSON without a schema, byte for byte, and nobody's name is the credential's", async () => {
    const { run, id } = await begin("anything");
    const taken = await engine.call("POST", `${INPUTS}/${id}/answer`, '{"value": {"n":1.0, "b":[]} }');
    expect(taken.json.by).toBe("dev");
    await app.ended(run);
    expect((await engine.call("GET", app.path(run))).text).toContain('"value":{"n":1.0, "b":[]},"by":"dev"');
  });

  test("sent again under its id is answered as the first time; another id is another answer", async () => {
    const { id } = await begin("anything");
    const first = await answer(id, { value: 1, by: "ann", id: "x" });
    expect((await answer(id, { value: 1, by: "ann", id: "x" })).json).toEqual(first.json);
    expect((await answer(id, { value: 1, by: "ann", id: "y" })).status).toBe(409);
    expect((await answer(id, { value: 1, by: "ann" })).status).toBe(409);
  });

  test("what only the original schema can say is thrown where the step stands; a transform is applied", async () => {
    const no = await begin("refined");
    expect((await answer(no.id, { value: 3 })).status).toBe(422);
    await answer(no.id, { value: "loud" });
    expect((await app.ended(no.run)).output).toMatch(
      /^NonRetriableError: The answer to step "word" .*must be in capitals/,
    );
    const yes = await begin("refined");
    await answer(yes.id, { value: "LOUD" });
    expect((await app.ended(yes.run)).output).toBe(4);
  });

  test("with a schema that is none fails at once, and asks nobody", async () => {
    const run = await app.start("broken");
    expect((await app.ended(run)).output).toMatch(
      /^SchemaError: Step "broken" asks for an input whose schema cannot/,
    );
    expect((await list(`?run=${run}&status=all`)).inputs).toEqual([]);
  });

  test("with a schema that the engine cannot judge by is left to the run, and the answer says so each time", async () => {
    const { run, id } = await begin("dangling");
    const first = await answer(id, { value: 7, by: "ann", id: "x" });
    expect(first.json.unjudged).toMatch(/^The engine cannot judge by this schema: can't resolve reference/);
    expect((await answer(id, { value: 7, by: "ann", id: "x" })).json).toEqual(first.json);
    expect((await app.ended(run)).output).toBe("NonRetriableError");
    const [audit] = await engine.database.sql`select detail from durable.audit where target = ${id}`;
    expect(audit!["detail"]).toMatch(/^answered by ann \(The engine cannot judge by this schema: /);
  });

  test("is bounded: a large value, a long comment, a name without an end", async () => {
    const { id } = await begin("anything");
    const large = await answer(id, { value: "x".repeat(1024 * 1024), by: "ann" });
    expect([413, 422]).toContain(large.status);
    expect((await answer(id, { value: 1, by: "x".repeat(201) })).status).toBe(422);
    expect((await answer(id, { value: 1, by: "" })).status).toBe(422);
    expect((await answer(id, '{"value":9007199254740993}')).status).toBe(400);
    expect((await answer(id, '{"value":"\\u0000"}')).status).toBe(400);
    const decision = await begin("decides");
    const long = await answer(decision.id, { approved: true, comment: "x".repeat(4_001) });
    expect(long.json.errors[0].pointer).toBe("/comment");
    expect((await show(id)).status).toBe("open");
  });

  test("nobody answers after its timeout", async () => {
    const { run, id } = await begin("decides", { timeout: "40ms" });
    expect((await app.ended(run)).output).toBe(null);
    const late = await answer(id, { approved: true, by: "ann" });
    expect({ status: late.status, code: late.json.code }).toEqual({ status: 409, code: "input-over" });
    expect(late.json.detail).toMatch(/Nobody answered this in time: it was over at 2/);
    expect((await show(id)).status).toBe("expired");
  });

  test("goes with its run", async () => {
    const { run, id } = await begin("decides", { timeout: "1d" });
    await app.act(run, "cancel");
    expect((await show(id)).status).toBe("cancelled");
    const late = await answer(id, { approved: true });
    expect(late.json).toMatchObject({ code: "input-over", detail: expect.stringContaining("withdrawn") });
    expect((await app.show(run)).steps[0]).toMatchObject({
      status: "cancelled",
      input: { status: "cancelled" },
    });
  });

  test("may be answered while its run is paused, and then the run goes on with it", async () => {
    const { run, id } = await begin("decides", { timeout: "1d" });
    await app.act(run, "pause");
    expect((await answer(id, { approved: true, by: "ann" })).status).toBe(200);
    expect((await app.show(run)).status).toBe("paused");
    await app.act(run, "resume");
    expect((await app.ended(run)).output).toMatchObject({ approved: true, by: "ann" });
  });
});

describe("an approval", () => {
  test("is a decision with a comment; a rejection is one too", async () => {
    for (const approved of [true, false]) {
      const { run, id, input } = await begin("decides", { assignee: "ann" });
      expect(input).toMatchObject({ kind: "approval", schema: null, title: null });
      expect((await answer(id, { value: true })).json.errors[0].pointer).toBe("/value");
      expect((await answer(id, { by: "ann" })).json.errors[0].pointer).toBe("/approved");
      await answer(id, { approved, comment: 'say "so"', by: "ann" });
      const { output } = await app.ended(run);
      expect(output).toEqual({ approved, comment: 'say "so"', by: "ann", at: expect.any(String) });
      const [audit] = await engine.database.sql`select detail from durable.audit where target = ${id}`;
      expect(audit!["detail"]).toBe(`${approved ? "approved" : "rejected"} by ann: say "so"`);
    }
  });

  test("that lost a race leaves the inbox", async () => {
    const { run, id } = await begin("raced");
    await durable.send({ name: "decided", data: {} });
    expect((await app.ended(run)).output).toBe("event");
    expect((await show(id)).status).toBe("cancelled");
    expect((await list("?assignee=race")).inputs).toEqual([]);
  });

  test("that won a race is the winner", async () => {
    const { run, id } = await begin("raced");
    await answer(id, { approved: true });
    expect((await app.ended(run)).output).toBe("person");
  });

  test("of each branch is one of its own", async () => {
    const run = await app.start("both");
    const inputs = await askedBy(run, 2);
    for (const { id, assignee } of inputs) await answer(id, { approved: true, by: assignee });
    expect((await app.ended(run)).output).toEqual(["both-ann", "both-bob"]);
  });
});

describe("two at once over HTTP", () => {
  test("one is taken, the other hears 409 and by whom", async () => {
    for (let round = 0; round < 100; round += 1) {
      const { id } = await begin("anything");
      const answers = await Promise.all(["ann", "bob"].map((by) => answer(id, { value: by, by })));
      expect(answers.map(({ status }) => status).sort(), `round ${round}`).toEqual([200, 409]);
      const won = answers.find(({ status }) => status === 200)!.json;
      expect(answers.find(({ status }) => status === 409)!.json.detail).toContain(
        `${won.by} has answered this at ${won.at}`,
      );
    }
  });
});

describe("the inbox", () => {
  test("pages, and is filtered by assignee, status, function and run", async () => {
    const runs = [];
    for (let n = 0; n < 5; n += 1) runs.push((await begin("asks", { assignee: "page" })).run);
    const seen: string[] = [];
    for (let cursor = ""; ; ) {
      const page = await list(`?assignee=page&limit=2${cursor}`);
      seen.push(...page.inputs.map(({ run }: { run: string }) => run));
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(seen).toEqual(runs.toReversed());
    expect((await list("?assignee=page&function=decides")).inputs).toEqual([]);
    expect((await list("?assignee=page&status=answered")).inputs).toEqual([]);
    expect((await engine.call("GET", `${INPUTS}?status=lost`)).status).toBe(422);
    for (const run of runs) await app.act(run, "cancel");
    expect((await list("?assignee=page&status=cancelled")).inputs).toHaveLength(5);
  });

  test("is a workspace's own: another app's id is unknown", async () => {
    const { run, id } = await begin("decides");
    const other = await startSdkApp(engine, "other", []);
    for (const [method, path, body] of [
      ["GET", `/v1/apps/other/dev/inputs/${id}`, undefined],
      ["POST", `/v1/apps/other/dev/inputs/${id}/answer`, { approved: true }],
    ] as const) {
      expect((await engine.call(method, path, body)).status).toBe(404);
    }
    expect((await engine.call("GET", "/v1/apps/other/dev/inputs")).json.inputs).toEqual([]);
    expect((await engine.call("POST", `${INPUTS}/nonsense/answer`, { approved: true })).status).toBe(404);
    await other.stop();
    await app.act(run, "cancel");
  });

  test("takes an app's own signature with the path in the body, and an operator's token", async () => {
    const { run, id } = await begin("decides");
    await durable.approve(id, { by: "ann", comment: "fine" });
    expect((await app.ended(run)).output).toMatchObject({ approved: true, by: "ann", comment: "fine" });
    const asked = await begin("asks");
    await expect(durable.answer(asked.id, { amount: "1" })).rejects.toMatchObject({ code: "validation" });
    await durable.answer(asked.id, { amount: 1 }, { by: "bob" });
    await expect(durable.answer(asked.id, { amount: 1 })).rejects.toMatchObject({ code: "already-answered" });
    const rejected = await begin("decides");
    await durable.reject(rejected.id);
    expect((await app.ended(rejected.run)).output).toMatchObject({ approved: false });
    const last = await begin("decides");
    const taken = await engine.call("POST", `${INPUTS}/${last.id}/answer`, { approved: true }, asAdmin);
    expect(taken.json.by).toBe("admin");
  });
});

describe("reminder and escalation", () => {
  const toldOf = (id: string) =>
    told.filter((each) => each.id === id).map(({ name, assignee }) => [name, assignee]);

  test("are sent once each, in their order, as events that start functions; then somebody else is asked", async () => {
    const options = { assignee: "ann", remindAfter: "1h", escalateTo: "boss", timeout: "1d" };
    const { run, id } = await begin("decides", options);
    await expect.poll(() => toldOf(id)).toEqual([["durable.input.requested", "ann"]]);
    await travel(engine.database.sql, "61 minutes");
    await expect.poll(() => toldOf(id).at(-1)).toEqual(["durable.input.reminder", "ann"]);
    expect((await app.show(run)).why).toMatch(/the approval of ann, reminded at 2/);
    await travel(engine.database.sql, "121 minutes");
    await expect.poll(() => toldOf(id).at(-1)).toEqual(["durable.input.escalated", "boss"]);
    expect(toldOf(id)).toHaveLength(3);
    expect(await show(id)).toMatchObject({ assignee: "boss", escalated_from: "ann", status: "open" });
    expect((await list("?assignee=boss")).inputs).toHaveLength(1);
    expect((await app.show(run)).why).toMatch(/the approval of boss, who is asked since 2/);
    await travel(engine.database.sql, "25 hours");
    expect((await app.ended(run)).output).toBe(null);
    expect(toldOf(id)).toHaveLength(3);
    expect((await engine.call("GET", `/v1/apps/shop/dev/inputs/${id}`)).json.status).toBe("expired");
    await travel(engine.database.sql, "0");
  });

  test("do not tell of what a run asks that such an event has started, nor of what its children ask", async () => {
    const { run, id } = await begin("decides", { assignee: "again" });
    await expect
      .poll(async () => (await list("?assignee=again")).inputs.map((each: { name: string }) => each.name))
      .toEqual(["again", "sign"]);
    await expect.poll(async () => (await list("?assignee=again&status=expired")).inputs.length).toBe(1);
    const events = await engine.database.sql`
      select 1 from durable.events where name like 'durable.input.%' and data::json ->> 'assignee' = 'again'`;
    expect(events).toHaveLength(1);
    expect(toldOf(id)).toHaveLength(1);
    for (const each of (await list("?assignee=again")).inputs) await app.act(each.run, "cancel");
    expect((await app.show(run)).status).toBe("cancelled");
  });

  test("that were sent by a process which died before it forgot them are not sent again", async () => {
    const { run, id } = await begin("decides", { assignee: "ann" });
    await expect.poll(() => toldOf(id)).toEqual([["durable.input.requested", "ann"]]);
    const { sql } = engine.database;
    const left = async () => (await sql`select 1 from durable.input_notices where input_id = ${id}`).length;
    await expect.poll(left).toBe(0);
    await sql`insert into durable.input_notices (workspace_id, input_id, event_name, data, at)
      select e.workspace_id, ${id}::uuid, e.name, e.data, e.time from durable.events e
      where e.client_id = ${`durable.input.requested/${id}`}`;
    expect(await left()).toBe(1);
    await expect.poll(left).toBe(0);
    const events = await sql`select name from durable.events where data::json ->> 'id' = ${id}`;
    expect(events).toHaveLength(1);
    await app.act(run, "cancel");
    expect(toldOf(id)).toHaveLength(1);
  });

  test("do not come for what was answered in time", async () => {
    const { run, id } = await begin("decides", { assignee: "ann", remindAfter: "1h" });
    await answer(id, { approved: true });
    await app.ended(run);
    await travel(engine.database.sql, "2 hours");
    await travel(engine.database.sql, "0");
    await expect.poll(() => toldOf(id)).toEqual([["durable.input.requested", "ann"]]);
    const [timers] = await engine.database
      .sql`select count(*)::int as n from durable.timers where run_id = ${run}`;
    expect(timers!["n"]).toBe(0);
  });

  test.each([
    [{ escalateTo: "boss" }, 'say when "escalateTo" is asked'],
    [{ escalateAfter: "1h" }, '"escalateAfter" needs "escalateTo"'],
    [{ remindAfter: "2d", timeout: "1d" }, '"remindAfter" (172800000 ms) is not before "timeout"'],
    [{ escalateTo: "boss", remindAfter: "1h", timeout: "90m" }, "it would escalate after 7200000 ms"],
    [{ assignee: "" }, '"assignee" must be a text of 1 to 200 characters'],
  ])("that make no sense are said: %j", async (options, sentence) => {
    const { failure } = await app.ended(await app.start("decides", options));
    expect(failure.message).toContain(sentence);
  });
});
