// onFailure: what a function does about a run of it that failed for good.
import { createFunction, type DurableFunction, type FailureContext, NonRetriableError } from "@durable/sdk";
import { afterEach, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { engineWithApp } from "./engine-with-app.ts";

/** What the handlers got, without what cannot be compared. */
const seen: Record<string, unknown>[] = [];
let noted = 0;

const NO_RETRY = { max: 1 } as const;
const note = async ({ error, step, ...rest }: FailureContext) => {
  const { name, message, code, cause } = error;
  seen.push({ ...rest, name, message, code, cause: (cause as Error | undefined)?.message });
  return step.run("note", ({ attempt }) => {
    noted += 1;
    if (attempt === 1) throw new Error("the pager is down");
    return "noted";
  });
};

class CardError extends NonRetriableError {
  override readonly name = "CardError";
  readonly code = "declined";
}
const charge = createFunction({
  id: "charge",
  retry: { max: 2, base: 1 },
  onFailure: note,
  handler: async ({ step }) => {
    await step.run("look", () => 1);
    await step.run("pay", () => {
      throw new CardError("no money", { cause: new Error("the bank said so") });
    });
  },
});
const wrapped = createFunction({
  id: "wrapped",
  retry: NO_RETRY,
  onFailure: note,
  handler: ({ step }) =>
    step
      .run("deep", () => {
        throw new Error("inner");
      })
      .catch((error) => {
        throw new NonRetriableError("outer", { cause: error });
      }),
});
const plain = createFunction({
  id: "plain",
  retry: NO_RETRY,
  onFailure: note,
  handler: () => {
    throw new TypeError("x is undefined");
  },
});
const hopeless = createFunction({
  id: "hopeless",
  retry: NO_RETRY,
  handler: () => {
    throw new NonRetriableError("always");
  },
  onFailure: () => {
    throw new NonRetriableError("me too");
  },
});
const late = createFunction({
  id: "late",
  timeouts: { finish: "50ms" },
  onFailure: note,
  handler: ({ step }) => step.sleep("nap", "1h"),
});
/** What was undone before the handler of its failure was called. */
const undone: string[] = [];
const booking = createFunction({
  id: "booking",
  retry: NO_RETRY,
  onFailure: () => [...undone],
  handler: async ({ step }) => {
    await step.run("hotel", () => 1, { compensate: () => void undone.push("hotel") });
    throw new NonRetriableError("no flight");
  },
});
const FUNCTIONS: DurableFunction[] = [charge, wrapped, plain, hopeless, late, booking];

const { engine } = engineWithApp("shop", FUNCTIONS, { slots: 8 });

afterEach(async () => {
  seen.length = 0;
  noted = 0;
  await expectInvariants(engine.database);
});

const pathOf = (run: string) => `/v1/apps/shop/dev/runs/${run}`;

async function failedRun(fn: string, data: unknown = null): Promise<string> {
  const started = await engine.call("POST", `/v1/apps/shop/dev/functions/${fn}/trigger`, { data });
  expect(started.status, started.text).toBeLessThan(300);
  const { run } = started.json;
  const { json } = await engine.call("GET", `${pathOf(run)}/result?wait=20`);
  expect(json.status).toBe("failed");
  return run;
}

/** The run of the handler, when it has ended. */
async function handled(run: string) {
  const [row] = await engine.database.sql`
    select run_id from durable.children where parent_run_id = ${run} and kind = 'on-failure'`;
  const { json } = await engine.call("GET", `${pathOf(row!["run_id"])}/result?wait=20`);
  return { id: row!["run_id"] as string, ...json };
}

test("the handler knows the run, the event, the step and the error; its steps are retried (inngest-js #397)", async () => {
  const run = await failedRun("charge", { order: 42 });
  expect(await handled(run)).toMatchObject({ status: "completed", output: "noted" });
  expect(noted).toBe(2);
  expect(seen[0]).toMatchObject({
    name: "CardError",
    message: "no money",
    code: "declined",
    cause: "the bank said so",
    function: "charge",
    run: { id: run, startedAt: expect.stringMatching(/Z$/) },
    event: { name: "durable.trigger", data: { order: 42 } },
    failedStep: { name: "pay", id: expect.stringMatching(/^[0-9a-f]{32}$/) },
  });
});

test("a step's error that is wrapped still names the step; an error outside of steps names none", async () => {
  await handled(await failedRun("wrapped"));
  expect(seen.at(-1)).toMatchObject({ message: "outer", cause: "inner", failedStep: { name: "deep" } });
  await handled(await failedRun("plain"));
  expect(seen.at(-1)).toMatchObject({ name: "TypeError", message: "x is undefined", failedStep: null });
});

test("a handler that fails calls nobody: not itself either", async () => {
  const run = await failedRun("hopeless");
  const handler = await handled(run);
  expect(handler).toMatchObject({ status: "failed", failure: { message: "me too" } });
  const rows = await engine.database.sql`select 1 from durable.children where parent_run_id = ${handler.id}`;
  expect(rows).toHaveLength(0);
});

test("it is hidden from events, and started in the commit that fails the run", async () => {
  const run = await failedRun("plain");
  const [row] = await engine.database.sql`
    select h.created_at = r.ended_at as together, e.name from durable.children c
    join durable.runs r on r.id = c.parent_run_id join durable.runs h on h.id = c.run_id
    join durable.events e on e.id = h.event_id where c.parent_run_id = ${run}`;
  expect(row).toEqual({ together: true, name: "durable.on-failure" });
  await handled(run);
});

test("a run that ran out of its time has failed, too", async () => {
  const run = await failedRun("late");
  expect(await handled(run)).toMatchObject({ status: "completed", output: "noted" });
  expect(seen[0]).toMatchObject({ name: "TimeoutError", run: { id: run }, failedStep: null });
});

test("what a failed run can undo is undone before", async () => {
  expect(await handled(await failedRun("booking"))).toMatchObject({ output: ["hotel"] });
});
