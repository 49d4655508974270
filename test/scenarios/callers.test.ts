// Children in other apps: who may start them, what comes of them, and what is not told of the other app.
import { createFunction, type Step } from "@durable/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { runCommand } from "../support/command-line.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { engineWithApp } from "./engine-with-app.ts";
import { startSdkApp } from "./sdk-app.ts";

/** What the caller of the test at hand does. */
let body: (step: Step) => unknown = () => null;
const NO_RETRY = { max: 1 } as const;

const caller = createFunction({
  id: "caller",
  trigger: { event: "go" },
  retry: NO_RETRY,
  handler: ({ step }) => body(step),
});
const echo = createFunction({ id: "echo", handler: ({ event }) => event.data });
const napper = createFunction({ id: "napper", handler: ({ step }) => step.sleep("nap", "1h") });

const charge = createFunction({
  id: "charge",
  input: z.object({ amount: z.number() }),
  tags: ["money"],
  handler: ({ event, step }) => step.run("book", () => event.data.amount * 100),
});
const refuse = createFunction({
  id: "refuse",
  retry: NO_RETRY,
  handler: () => {
    throw Object.assign(new RangeError("too much"), { code: "limit" });
  },
});
const patient = createFunction({
  id: "patient",
  handler: async ({ step }) => ((await step.waitForEvent("wait", { event: "continue" })) ? "gone on" : null),
});
const back = createFunction({
  id: "back",
  handler: ({ step }) => step.invoke("back", napper, { app: "shop" }),
});
const narrow = createFunction({
  id: "narrow",
  concurrency: { limit: 1, unit: "run" },
  handler: ({ step }) => step.waitForEvent("wait", { event: "widen" }),
});
const late = createFunction({
  id: "late",
  timeouts: { finish: 200 },
  handler: ({ step }) => step.sleep("nap", "1h"),
});
const guarded = createFunction({
  id: "guarded",
  concurrency: { limit: 1, key: "event.data.nobody" },
  handler: () => "never",
});
const chargeAgain = createFunction({ id: "charge-again", handler: () => "again" });

const { engine, app: shop } = engineWithApp("shop", [caller, echo, napper], { slots: 16 });
let billing: Awaited<ReturnType<typeof startSdkApp>>;
let closed: Awaited<ReturnType<typeof startSdkApp>>;

const at = (app: string, env = "dev") => `/v1/apps/${app}/${env}`;
const allow = (app: string, who: string, functions?: readonly string[]) =>
  engine.call("PUT", `${at(app)}/callers/${who}`, functions === undefined ? {} : { functions });
const remove = (app: string, who: string) => engine.call("DELETE", `${at(app)}/callers/${who}`);

beforeAll(async () => {
  billing = await startSdkApp(engine, "billing", [
    ...[charge, refuse, patient, back, narrow, late, guarded, chargeAgain],
  ]);
  closed = await startSdkApp(engine, "closed", [charge]);
  expect((await allow("billing", "shop")).status).toBe(200);
  expect((await allow("shop", "billing", ["nap*"])).status).toBe(200);
});
afterEach(() => expectInvariants(engine.database));
afterAll(async () => {
  await billing.stop();
  await closed.stop();
});

function start(now: (step: Step) => unknown): Promise<string> {
  body = now;
  return shop.start("go");
}

const outputOf = async (now: (step: Step) => unknown) => (await shop.ended(await start(now))).output;

/** The only child of the run, once it is there. */
const childOf = (run: string, from = shop) =>
  waitFor("the child", async () => (await from.show(run)).children[0]);

const told = (error: unknown) => `${error}`;

describe("a child in another app", () => {
  test("starts with its step, by what the other app declares, and brings its output back", async () => {
    const run = await start((step) =>
      step.invoke("charge", charge, { app: "billing", input: { amount: 7 } }),
    );
    expect(await shop.ended(run)).toMatchObject({ status: "completed", output: 700 });
    const child = await childOf(run);
    expect(child).toMatchObject({ app: "billing", function: "charge", kind: "invoke", status: "completed" });
    const shown = await billing.show(child.run);
    const { steps } = await shop.show(run);
    expect(shown).toMatchObject({
      status: "completed",
      event: { name: "durable.invoke", data: { amount: 7 } },
      parent: { run, app: "shop", step: steps[0].id, kind: "invoke" },
    });
    // It is found where it belongs, by what its function declares.
    const found = await engine.call("GET", `${at("billing")}/runs?q=tag:money`);
    expect(found.json.runs.map(({ id }: { id: string }) => id)).toContain(child.run);
    // One trace leads through both.
    const [own, theirs] = await engine.database.sql`
      select substr(e.traceparent, 4, 32) as trace from durable.runs r
      join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
      where r.id = ${child.run} union all select replace(${run}::text, '-', '')`;
    expect(own!["trace"]).toBe(theirs!["trace"]);
  });

  test("is named with its app by the run that waits for it, its trace and its tree, and nothing below it is", async () => {
    const run = await start((step) => step.invoke("back", "back", { app: "billing" }));
    const child = await childOf(run);
    const grandchild = await childOf(child.run, billing);
    expect(grandchild).toMatchObject({ app: "shop", function: "napper" });
    await expect.poll(async () => (await billing.show(child.run)).status).toBe("waiting");
    await expect.poll(async () => (await shop.show(run)).status).toBe("waiting");
    const shown = await shop.show(run);
    expect(shown.why).toBe(
      `It waits: "back" waits for run ${child.run} of "back" of app "billing", which is waiting.`,
    );
    expect(shown.wait).toMatchObject({
      kind: "child",
      child: { run: child.run, app: "billing", function: "back", status: "waiting" },
    });
    const { spans } = (await engine.call("GET", `${shop.path(run)}/trace`)).json;
    expect(spans[0]).toMatchObject({ name: "back", run: child.run, app: "billing" });
    const tree = (await engine.call("GET", `${shop.path(run)}/tree`)).json;
    expect(tree.root).toBe(run);
    expect(tree.runs.map((each: { run: string; app: string | null }) => [each.run, each.app])).toEqual([
      [run, null],
      [child.run, "billing"],
    ]);
    const theirs = (await engine.call("GET", `${billing.path(child.run)}/tree`)).json;
    expect(theirs).toMatchObject({
      root: child.run,
      runs: [{ parent: { run, app: "shop" } }, { app: "shop" }],
    });
    expect((await engine.call("GET", `${at("shop")}/runs?q=parent:${run}`)).json.runs).toEqual([]);

    // All of it goes with the first, from app to app.
    expect((await shop.act(run, "cancel")).status).toBe(200);
    await expect.poll(async () => (await billing.show(child.run)).status).toBe("cancelled");
    await expect.poll(async () => (await shop.show(grandchild.run)).status).toBe("cancelled");
    expect((await billing.show(child.run)).cancelled.reason).toBe(`its parent was cancelled: run ${run}`);
  });

  test("is as unknown in the app of its parent as what is not there", async () => {
    const run = await start((step) => step.spawn("charge", charge, { app: "billing", input: { amount: 1 } }));
    const { output: child } = await shop.ended(run);
    expect(await billing.ended(child)).toMatchObject({
      status: "completed",
      parent: { run, app: "shop", kind: "spawn" },
    });
    for (const path of ["", "/result", "/tree", "/trace", "/history", "/logs"]) {
      expect((await engine.call("GET", shop.path(child) + path)).status, path).toBe(404);
      expect((await engine.call("GET", billing.path(run) + path)).status, path).toBe(404);
    }
    expect((await shop.act(child, "cancel")).status).toBe(404);
  });

  test("is found by its parent in its own app, and in no other", async () => {
    const run = await start((step) =>
      Promise.all([
        step.invoke("charge", charge, { app: "billing", input: { amount: 3 } }),
        step.invoke("echo", echo, { input: 1 }),
      ]),
    );
    await shop.ended(run);
    const { children } = await shop.show(run);
    const found = async (app: string, env = "dev") => {
      const { status, json } = await engine.call("GET", `${at(app, env)}/runs?q=parent:${run}`);
      expect(status).toBe(200);
      return json.runs.map(({ id }: { id: string }) => id);
    };
    const childIn = (app: string) =>
      children
        .filter((child: { app: string | null }) => (child.app ?? "shop") === app)
        .map((child: { run: string }) => child.run);
    expect(childIn("billing")).toHaveLength(1);
    expect(await found("billing")).toEqual(childIn("billing"));
    expect(await found("shop")).toEqual(childIn("shop"));
    expect(await found("closed")).toEqual([]);
  });

  test("throws what it failed with, and that it was cancelled", async () => {
    const failed = await outputOf((step) =>
      step
        .invoke("refuse", refuse, { app: "billing" })
        .catch(({ name, message, code }) => ({ name, message, code })),
    );
    expect(failed).toEqual({ name: "RangeError", message: "too much", code: "limit" });
    const run = await start((step) => step.invoke("wait", patient, { app: "billing" }).catch(told));
    const child = await childOf(run);
    expect((await billing.act(child.run, "cancel")).status).toBe(200);
    expect((await shop.ended(run)).output).toBe(
      `ChildCancelledError: Run ${child.run} of "patient" was cancelled.`,
    );
  });

  test("is cancelled when its step times out or loses a race, and goes on when it is to be abandoned", async () => {
    const run = await start((step) =>
      step.invoke("wait", patient, { app: "billing", timeout: 50 }).catch(told),
    );
    expect((await shop.ended(run)).output).toMatch(/^InvokeTimeoutError: /);
    const child = await childOf(run);
    await expect.poll(async () => (await billing.show(child.run)).status).toBe("cancelled");
    expect((await billing.show(child.run)).cancelled.reason).toBe(
      `its parent waits for it no longer: run ${run}`,
    );
    const race = await start((step) =>
      step.race({
        slow: (branch) => branch.invoke("slow", patient, { app: "billing" }),
        fast: (branch) => branch.invoke("fast", charge, { app: "billing", input: { amount: 2 } }),
      }),
    );
    expect((await shop.ended(race)).output).toMatchObject({ value: 200 });
    const ends = async () =>
      (await shop.show(race)).children.map(({ status }: { status: string }) => status).sort();
    await expect.poll(ends).toEqual(["cancelled", "completed"]);

    const left = await start((step) =>
      step
        .spawn("left", patient, { app: "billing", onCancel: "abandon" })
        .then(() => step.sleep("nap", "1h")),
    );
    const abandoned = await childOf(left);
    await shop.act(left, "cancel");
    await engine.call("POST", "/v1/events?app=billing", { name: "continue", data: null });
    expect(await billing.ended(abandoned.run)).toMatchObject({ status: "completed", output: "gone on" });
  });

  test("waits at the limits of its own app, ends by its time limits, and tells why it became none", async () => {
    const both = await start((step) =>
      Promise.all(["one", "two"].map((name) => step.invoke(name, narrow, { app: "billing" }))),
    );
    const waits = () =>
      waitFor("one of them to wait", async () => {
        const { children } = await shop.show(both);
        const shown = await Promise.all(children.map(({ run }: { run: string }) => billing.show(run)));
        return shown.find(({ wait }) => wait?.kind === "concurrency");
      });
    expect((await waits()).wait).toMatchObject({ gate: { limit: { count: 1 } } });
    await engine.call("POST", "/v1/events?app=billing", { name: "widen", data: null });
    await waitFor("the other one to wait", async () => {
      const { children } = await shop.show(both);
      return children.filter(({ status }: { status: string }) => status === "completed").length === 1;
    });
    await shop.act(both, "cancel");

    expect(await outputOf((step) => step.invoke("late", "late", { app: "billing" }).catch(told))).toMatch(
      /^TimeoutError: /,
    );
    expect(
      await outputOf((step) => step.invoke("guarded", "guarded", { app: "billing" }).catch(told)),
    ).toMatch(/^ChildSkippedError: /);
    const [skip] = (await engine.call("GET", `${at("billing")}/skips?function=guarded`)).json.skips;
    expect(skip).toMatchObject({ reason: "limit", function: "guarded" });
    expect((await engine.call("GET", `${at("shop")}/skips`)).json.skips).toEqual([]);
  });
});

describe("without leave", () => {
  const sentence = (fn: string, app: string) =>
    `ForeignAppError: Step "try" invokes "${fn}" of app "${app}", and no app "${app}" in "dev" allows that to "shop". If there is one, whoever administers it allows it with: durable callers allow shop --function ${fn} --app ${app} --env dev`;

  test.each([
    ["an app that is not there", "charge", "nowhere"],
    ["one that allows nothing", "charge", "closed"],
    ["what is not in one that allows nothing", "chrage", "closed"],
  ])("%s is refused in the same words, at once", async (_, fn, app) => {
    const run = await start((step) => step.invoke("try", fn, { app }).catch(told));
    expect(await shop.ended(run)).toMatchObject({ output: sentence(fn, app), children: [] });
  });

  test("only what is allowed can be invoked, and told of", async () => {
    expect((await allow("closed", "shop", ["charge-*", "chrge"])).json).toMatchObject({
      app: "shop",
      functions: ["charge-*", "chrge"],
    });
    const invoke = (fn: string) => outputOf((step) => step.invoke("try", fn, { app: "closed" }).catch(told));
    expect(await invoke("charge")).toBe(sentence("charge", "closed"));
    // What is near, and not allowed, is not named.
    expect(await invoke("chrge")).toBe(
      'UnknownFunctionError: Step "try" invokes "chrge", and app "closed" has no such function. Is it among the functions that the app serves, and was the app synced since?',
    );
    expect(await outputOf((step) => step.invoke("try", "chrage", { app: "billing" }).catch(told))).toContain(
      'Did you mean "charge"?',
    );
    expect((await remove("closed", "shop")).json).toEqual({ app: "shop", state: "removed" });
    expect((await remove("closed", "shop")).status).toBe(404);
    expect(await invoke("chrge")).toBe(sentence("chrge", "closed"));
  });

  test("an input that does not fit is refused by the other app's schema", async () => {
    expect(
      await outputOf((step) =>
        step.invoke("try", "charge", { app: "billing", input: { amount: "1" } }).catch(told),
      ),
    ).toMatch(
      /^InputError: Step "try" gives "charge" an input that does not fit it: \/amount must be number/,
    );
  });

  test("one's own functions are invoked as ever, with the app's name or without", async () => {
    expect(await outputOf((step) => step.invoke("echo", echo, { app: "shop", input: 1 as never }))).toBe(1);
  });

  test.each([["."], ["no/slash"], [""]])("%j is no app", async (app) => {
    expect(await outputOf((step) => step.invoke("try", "charge", { app }).catch(told))).toMatch(
      /^NonRetriableError: Step "try": "app" .* must be 1 to 100 of/,
    );
  });
});

test("leave that is given or taken away holds from its answer on, at every engine", {
  timeout: 60_000,
}, async () => {
  const other = await startEngine({ database: { options: engine.database.address } } as never);
  try {
    const invoke = () =>
      outputOf((step) => step.invoke("try", "charge", { app: "closed", input: { amount: 1 } }).catch(told));
    for (let round = 0; round < 10; round += 1) {
      expect((await other.call("PUT", `${at("closed")}/callers/shop`, {})).status).toBe(200);
      expect(await invoke()).toBe(100);
      expect((await other.call("DELETE", `${at("closed")}/callers/shop`)).status).toBe(200);
      expect(await invoke()).toMatch(/^ForeignAppError: /);
    }
  } finally {
    await other.stop();
  }
});

describe("callers", () => {
  test("are listed, changed and audited, and changing them in production is asked about twice", async () => {
    await engine.database.sql`select durable.ensure_workspace(${"vault"}, ${"prod"})`;
    const path = `${at("vault", "prod")}/callers`;
    const first = await engine.call("PUT", `${path}/shop`, { functions: ["open"] });
    expect([first.status, first.json.code]).toEqual([428, "confirmation-needed"]);
    expect((await engine.call("GET", path)).json).toEqual({ callers: [] });
    const confirm = { "durable-confirm": first.json.confirm };
    expect((await engine.call("PUT", `${path}/shop`, { functions: ["open"] }, confirm)).status).toBe(200);
    expect((await engine.call("GET", path)).json.callers).toMatchObject([
      { app: "shop", functions: ["open"] },
    ]);
    const { audit } = (await engine.call("GET", `${at("vault", "prod")}/audit`)).json;
    expect(audit[0]).toMatchObject({ action: "caller.allow", target: "shop" });
  });

  test("have a door that says what is wrong", async () => {
    for (const body of [{ functions: [] }, { functions: ["no/slash"] }, { more: 1 }])
      expect((await engine.call("PUT", `${at("billing")}/callers/x`, body)).status).toBe(422);
    expect(
      (await engine.call("PUT", `${at("billing")}/callers/no%20name`, {})).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await engine.call("GET", `${at("nothing")}/callers`)).status).toBe(404);
  });

  test("are a command of the command line", async () => {
    const durable = (args: string) =>
      runCommand(args.split(" "), { DURABLE_URL: engine.url, DURABLE_APP: "closed" });
    expect((await durable("callers ls")).out).toBe("No other app may invoke functions of closed in dev.\n");
    expect((await durable("callers allow shop --function charge refund.*")).out).toBe(
      "shop may invoke charge, refund.* of closed in dev.\n",
    );
    expect((await durable("callers ls")).out).toMatch(
      /^CALLER +FUNCTIONS +ALLOWED BY +SINCE\nshop +charge refund\.\* +/,
    );
    expect((await durable("callers rm shop")).out).toBe(
      "shop may invoke nothing of closed in dev any more.\n",
    );
    expect((await durable("callers rm shop")).code).not.toBe(0);
  });
});
