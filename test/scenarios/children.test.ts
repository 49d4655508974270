// Children: runs that a run starts, what becomes of them, and who hears of it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createFunction, type DurableFunction, type Step } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { engineWithApp } from "./engine-with-app.ts";
import { startSdkApp } from "./sdk-app.ts";

/** What the parent of the test at hand does. */
let parentBody: (step: Step) => unknown = () => null;
const open: () => void = () => {};

const NO_RETRY = { max: 1 } as const;
const double = createFunction({
  id: "double",
  input: z.object({ n: z.number() }),
  handler: ({ event }) => event.data.n * 2,
});
const broken = createFunction({
  id: "broken",
  retry: NO_RETRY,
  handler: ({ step }) =>
    step.run("charge", () => {
      throw Object.assign(new RangeError("too much", { cause: new Error("limit is 5") }), { code: "limit" });
    }),
});
/** Waits for ever, unless the test sends `go`. */
const patient = createFunction({
  id: "patient",
  handler: async ({ step }) => {
    const go = await step.waitForEvent("go", { event: "go" });
    return go === null ? "timed out" : "gone on";
  },
});
const nothing = createFunction({ id: "nothing", handler: () => undefined });
const family = createFunction({
  id: "family",
  handler: async ({ step }) => await step.invoke("grandchild", patient),
});
const parent = createFunction({
  id: "parent",
  trigger: { event: "go.parent" },
  retry: NO_RETRY,
  handler: ({ step }) => parentBody(step),
});
const endless: DurableFunction = createFunction({
  id: "endless",
  retry: NO_RETRY,
  handler: ({ step }): Promise<unknown> => step.invoke("again", "endless"),
});

const { engine } = engineWithApp("shop", [double, broken, patient, nothing, family, parent, endless], {
  slots: 8,
});

afterEach(async () => {
  open();
  await expectInvariants(engine.database);
});

async function start(body: (step: Step) => unknown): Promise<string> {
  parentBody = body;
  const sent = await engine.call("POST", "/v1/events?app=shop", { name: "go.parent", data: null });
  return sent.json.runs[0].run;
}

const pathOf = (run: string) => `/v1/apps/shop/dev/runs/${run}`;
const show = async (run: string) => (await engine.call("GET", pathOf(run))).json;
const ended = async (run: string) => (await engine.call("GET", `${pathOf(run)}/result?wait=20`)).json;
const cancel = (run: string) => engine.call("POST", `${pathOf(run)}/cancel`, {});

async function childrenOf(run: string) {
  return engine.database.sql<{ id: string; function: string; status: string | null }[]>`
    select r.id, r.function_id as function, r.status from durable.children c
    join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
    where c.parent_run_id = ${run} order by r.id`;
}

/** Until the run has so many children; their ids. */
async function born(run: string, count: number): Promise<string[]> {
  await expect.poll(async () => (await childrenOf(run)).length).toBe(count);
  return (await childrenOf(run)).map(({ id }) => id);
}

const statusOf = async (run: string): Promise<string> => (await show(run)).status;

describe("invoke", () => {
  test("brings the child's output, by the function or by its id, with a name or without", async () => {
    const run = await start(async (step) => [
      await step.invoke("two", double, { input: { n: 1 } }),
      await step.invoke(double, { input: { n: 2 } }),
      await step.invoke("by id", "double", { input: { n: 3 } }),
      await step.invoke("double", { input: { n: 4 } }),
      (await step.invoke("none", nothing)) ?? "undefined",
    ]);
    expect((await ended(run)).output).toEqual([2, 4, 6, 8, "undefined"]);
    const { steps } = await show(run);
    expect(steps.map((step: { name: string; n: number }) => [step.name, step.n])).toEqual([
      ["two", 0],
      ["double", 0],
      ["by id", 0],
      ["double", 1],
      ["none", 0],
    ]);
  });

  test("several children run beside each other", async () => {
    const run = await start((step) =>
      Promise.all([1, 2, 3].map((n) => step.invoke(`child ${n}`, double, { input: { n } }))),
    );
    expect((await ended(run)).output).toEqual([2, 4, 6]);
    expect(await childrenOf(run)).toHaveLength(3);
  });

  test("throws what the child failed with: name, message, code and cause", async () => {
    const run = await start(async (step) => {
      try {
        return await step.invoke("try", broken);
      } catch (error) {
        const { name, message, code, cause } = error as Error & { code: string };
        return { name, message, code, cause: (cause as Error).message };
      }
    });
    expect((await ended(run)).output).toEqual({
      name: "RangeError",
      message: "too much",
      code: "limit",
      cause: "limit is 5",
    });
  });

  test("a child that is cancelled is an error to its parent", async () => {
    const run = await start((step) => step.invoke("wait", patient).catch((error) => `${error}`));
    const [child] = await born(run, 1);
    expect((await cancel(child!)).status).toBe(200);
    expect((await ended(run)).output).toBe(`ChildCancelledError: Run ${child} of "patient" was cancelled.`);
  });

  test("after its timeout the step fails, and the child is cancelled", async () => {
    const run = await start((step) =>
      step.invoke("wait", patient, { timeout: 50 }).catch((error) => `${error}`),
    );
    expect((await ended(run)).output).toMatch(/^InvokeTimeoutError: The invoked function did not end/);
    const [child] = await born(run, 1);
    await expect.poll(() => statusOf(child!)).toBe("cancelled");
    expect((await show(child!)).cancelled).toMatchObject({
      by: "engine",
      reason: `its parent waits for it no longer: run ${run}`,
    });
  });

  test.each<[string, (step: Step) => Promise<unknown>, RegExp]>([
    [
      "an unknown function",
      (step) => step.invoke("call", "duoble"),
      /^UnknownFunctionError: Step "call" invokes "duoble", and app "shop" has no such function\. Did you mean "double"\? Is it among the functions/,
    ],
    [
      "an input that does not fit",
      (step) => step.invoke("call", "double", { input: { n: "one" } }),
      /^InputError: Step "call" gives "double" an input that does not fit it: \/n must be number/,
    ],
    [
      "what is no function",
      (step) => step.invoke("call", undefined as never, {}),
      /^NonRetriableError: Step "call": step.invoke takes a function or its id/,
    ],
  ])("%s fails the step at once", async (_, call, sentence) => {
    const run = await start((step) => call(step).catch((error) => `${error}`));
    expect((await ended(run)).output).toMatch(sentence);
    expect(await childrenOf(run)).toEqual([]);
  });

  test("a function that was deployed a moment ago, and is not synced yet, is found", async () => {
    const before = createFunction({ id: "caller", handler: () => "old code" });
    const after = createFunction({ id: "caller", handler: ({ step }) => step.invoke("fresh") });
    const fresh = createFunction({ id: "fresh", handler: () => "found" });
    const deploy = (functions: DurableFunction[]) => serve({ app: "moving", functions });
    let deployed = deploy([before]);
    const moving = await startSdkApp(engine, "moving", [before], (...request) => deployed(...request));
    deployed = deploy([after, fresh]);
    const at = "/v1/apps/moving/dev";
    const started = await engine.call("POST", `${at}/functions/caller/trigger`, { data: null });
    const { json } = await engine.call("GET", `${at}/runs/${started.json.run}/result?wait=20`);
    expect(json).toMatchObject({ status: "completed", output: "found" });
    await moving.stop();
  });

  test("a function that invokes itself for ever is stopped a hundred levels down", async () => {
    const run = await start((step) => step.invoke("endless").catch((error) => `${error}`));
    expect((await ended(run)).output).toMatch(
      /^TooDeepError: Step "again" invokes "endless" 100 levels below the run that began it/,
    );
    const [deepest] = await engine.database.sql`select max(depth) as depth from durable.children`;
    expect(deepest!["depth"]).toBe(100);
  });
});

describe("the tree", () => {
  test("of parents and children is shown by the API and the pages, each with where it is", async () => {
    const run = await start((step) => step.invoke("family", family));
    const [middle] = await born(run, 1);
    const [leaf] = await born(middle!, 1);
    await expect.poll(() => statusOf(leaf!)).toBe("waiting");
    await expect.poll(() => statusOf(middle!)).toBe("waiting");
    const shown = await show(middle!);
    const call = shown.steps[0];
    expect(shown).toMatchObject({
      parent: { run, step: (await show(run)).steps[0].id, kind: "invoke" },
      children: [{ run: leaf, step: call.id, kind: "invoke", function: "patient", status: "waiting" }],
      why: `It waits: "grandchild" waits for run ${leaf} of "patient", which is waiting.`,
    });
    expect((await show(run)).parent).toBeNull();

    const tree = (await engine.call("GET", `${pathOf(run)}/tree`)).json;
    expect(tree).toMatchObject({ root: run, is_cut: false });
    expect(
      tree.runs.map((each: { run: string; parent: { run: string } | null }) => [each.run, each.parent?.run]),
    ).toEqual([
      [run, undefined],
      [middle, run],
      [leaf, middle],
    ]);
    expect((await engine.call("GET", `${pathOf(leaf!)}/tree`)).json).toMatchObject({
      root: run,
      runs: [{ run: leaf, function: "patient", parent: { run: middle } }],
    });
    expect((await engine.call("GET", `${pathOf(run.replace(/.$/, "x"))}/tree`)).status).toBe(404);

    await cancel(run);
  });
});

describe("spawn", () => {
  test("resolves to the child's run at once, and the child goes on when its parent has ended", async () => {
    const run = await start((step) => step.spawn("later", patient));
    const { output: child } = await ended(run);
    expect(await born(run, 1)).toEqual([child]);
    expect(await statusOf(child)).not.toMatch(/cancelled|completed/);
    await engine.call("POST", "/v1/events?app=shop", { name: "go", data: null });
    expect((await ended(child)).output).toBe("gone on");
  });
});

describe("cancel", () => {
  test("takes the children along, and theirs", async () => {
    const run = await start((step) =>
      Promise.all([step.invoke("family", family), step.spawn("spawned", patient)]),
    );
    const [first, second] = await born(run, 2);
    const [grandchild] = await born((await show(first!)).function === "family" ? first! : second!, 1);
    await cancel(run);
    for (const each of [first, second, grandchild]) {
      await expect.poll(() => statusOf(each!)).toBe("cancelled");
    }
    expect((await show(first!)).cancelled).toMatchObject({
      by: "engine",
      reason: `its parent was cancelled: run ${run}`,
    });
  });

  test("lets go on what is to be abandoned", async () => {
    const run = await start((step) =>
      Promise.all([
        step.invoke("left", patient, { onCancel: "abandon" }),
        step.spawn("also left", patient, { onCancel: "abandon" }),
        step.invoke("taken", patient),
      ]),
    );
    const children = await born(run, 3);
    await cancel(run);
    const ends = async () => (await Promise.all(children.map(statusOf))).sort();
    await expect.poll(ends).toContain("cancelled");
    expect((await ends()).filter((status) => status === "cancelled")).toHaveLength(1);
    await engine.call("POST", "/v1/events?app=shop", { name: "go", data: null });
    await expect.poll(ends).toEqual(["cancelled", "completed", "completed"]);
  });

  test("of a child that lost a race comes with the decision", async () => {
    const run = await start((step) =>
      step.race({
        slow: (branch) => branch.invoke("slow", patient),
        fast: (branch) => branch.invoke("fast", double, { input: { n: 2 } }),
      }),
    );
    expect((await ended(run)).output).toMatchObject({ value: 4 });
    const children = await born(run, 2);
    const ends = async () => (await Promise.all(children.map(statusOf))).sort();
    await expect.poll(ends).toEqual(["cancelled", "completed"]);
  });

  test("of nobody's interest any more: a parent that fails takes along the child it waited for", async () => {
    const run = await start(async (step) => {
      const waiting = step.invoke("wait", patient);
      await step.run("fail", () => {
        throw new Error("no");
      });
      return waiting;
    });
    expect((await ended(run)).status).toBe("failed");
    const [child] = await born(run, 1);
    await expect.poll(() => statusOf(child!)).toBe("cancelled");
  });
});

test("a sync is refused when a function says that it invokes one that the app does not serve, and says which", async () => {
  const order = createFunction({ id: "order", invokes: ["dubble", "double"], handler: () => null });
  const server = createServer(serve({ app: "shop", functions: [double, order] }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/durable`;
    const { status, json } = await engine.call("POST", "/v1/apps/shop/dev/sync", { url });
    expect([status, json.code]).toEqual([422, "inspect-failed"]);
    expect(json.detail).toMatch(
      /Function "order" says that it invokes "dubble", and app "shop" serves no such function\. Did you mean "double"\? Correct "invokes", or add the function/,
    );
    // Nothing of it was taken over.
    expect(await ended(await start((step) => step.invoke("double", { input: { n: 2 } })))).toMatchObject({
      output: 4,
    });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
