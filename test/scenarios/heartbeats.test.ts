// What the code of steps says while it runs: shown at once, gone when it is over, and a way for a cancel to reach it.
import { parseSecret, replyKeyOf, stepId } from "@durable/protocol/wire";
import { createFunction, type StepBodyContext } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { type Signing, signedHeaders } from "../support/signed-headers.ts";
import { waitFor } from "../support/wait.ts";
import { type Invoke, startApp } from "./api-app.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;

/** What the body at hand does. */
let body: (context: StepBodyContext) => unknown = () => {};
const PROGRESS = { progress: 0.4, detail: "page 4 of 10" };

const inline = createFunction({
  id: "inline",
  trigger: { event: "inline" },
  retry: { max: 2, base: 1 },
  handler: ({ step }) => step.run("copy", (context) => body(context) as never),
});
const planned = createFunction({
  id: "planned",
  trigger: { event: "planned" },
  handler: ({ step }) =>
    step.parallel({ a: (step) => step.run("copy", (context) => body(context) as never) }, { fanOut: true }),
});
const undone = createFunction({
  id: "undone",
  trigger: { event: "undone" },
  retry: { max: 1 },
  handler: async ({ step }) => {
    await step.run("book", () => 1, { compensate: (_, context) => body(context) as never });
    throw new Error("sold out");
  },
});
const FUNCTIONS = [inline, planned, undone];

/** The server does not say when the engine has hung up, as on hosts that cannot tell. */
const deaf: typeof serve = (options) => {
  const route = serve(options);
  return (request, response) => {
    const once = response.once.bind(response);
    response.once = ((event: string, listener: () => void) =>
      event === "close" ? response : once(event, listener)) as typeof response.once;
    return route(request, response);
  };
};

beforeAll(async () => {
  engine = await startEngine();
  process.env["DURABLE_URL"] = engine.url;
  app = await startSdkApp(engine, "shop", FUNCTIONS, deaf({ app: "shop", functions: FUNCTIONS }));
});

afterEach(async () => {
  const left = await engine.database.sql`select * from durable.heartbeats`;
  expect(left).toEqual([]);
  await expectInvariants(engine.database);
});

afterAll(async () => {
  delete process.env["DURABLE_URL"];
  await app.stop();
  await engine.stop();
});

/** A body that says how far it is, and goes on when it is let. */
function held() {
  let letGo: (value: string) => void = () => {};
  const hold = new Promise<string>((resolve) => {
    letGo = resolve;
  });
  body = async ({ heartbeat }) => {
    await heartbeat(PROGRESS);
    return hold;
  };
  return { letGo };
}

/** The run once it shows what its step says. */
async function shown(run: string) {
  let json: Awaited<ReturnType<typeof app.show>>;
  await waitFor("the heartbeat to be shown", async () => {
    json = await app.show(run);
    return json.heartbeats.length > 0;
  });
  return json;
}

test.each(["inline", "planned", "undone"])(
  "what an %s step says is shown while it runs, and then gone",
  async (kind) => {
    const { letGo } = held();
    const run = await app.start(kind);
    const { heartbeats, why } = await shown(run);
    const name = kind === "undone" ? "book" : "copy";
    expect(heartbeats).toEqual([
      { step: expect.stringMatching(/^[0-9a-f]{32}$/), name, progress: PROGRESS, at: expect.any(String) },
    ]);
    if (kind !== "undone")
      expect(why).toContain(`tep "copy" said at ${heartbeats[0].at}: 40 %, page 4 of 10`);
    letGo("done");
    const end = await app.ended(run);
    expect(end.status).toBe(kind === "undone" ? "failed" : "completed");
    expect(end.heartbeats).toEqual([]);
  },
);

test("a share and a note are said as one", async () => {
  let letGo = () => {};
  const hold = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const noted = createFunction({
    id: "noted",
    trigger: { event: "noted" },
    handler: ({ step }) =>
      step.run("work", async () => {
        await step.heartbeat(0.4, "page 4 of 10");
        await hold;
      }),
  });
  const other = await startSdkApp(engine, "noted", [noted]);
  const run = await other.start("noted");
  await waitFor("the word", async () => (await other.show(run)).heartbeats.length > 0);
  const { heartbeats, why } = await other.show(run);
  letGo();
  expect(heartbeats[0].progress).toEqual({ progress: 0.4, detail: "page 4 of 10" });
  expect(why).toContain("40 %, page 4 of 10");
  await other.ended(run);
  await other.stop();
});

test("step.heartbeat speaks for the step that calls it, and what it says last counts", async () => {
  let letGo = () => {};
  const hold = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const twice = createFunction({
    id: "twice",
    trigger: { event: "twice" },
    handler: ({ step }) =>
      Promise.all(
        ["a", "b"].map((name) =>
          step.run(name, async () => {
            for (let i = 0; i <= 100; i += 1) await step.heartbeat({ at: `${name}${i}` });
            await hold;
          }),
        ),
      ),
  });
  const other = await startSdkApp(engine, "other", [twice]);
  const run = await other.start("twice");
  await waitFor("both last words", async () => {
    const { heartbeats } = await other.show(run);
    const said = heartbeats.map(({ progress }: { progress: { at: string } }) => progress.at);
    return said.join() === "a100,b100";
  });
  letGo();
  expect((await other.ended(run)).status).toBe("completed");
  await other.stop();
});

test.each(["inline", "planned"])(
  "a cancel reaches an %s body with its next heartbeat: it throws",
  async (kind) => {
    let abortedMs = 0;
    let reason: unknown;
    body = async ({ heartbeat, signal }) => {
      try {
        for (;;) {
          await heartbeat(PROGRESS);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      } catch (error) {
        abortedMs = Date.now();
        reason = signal.reason === error ? (error as Error).name : error;
        throw error;
      }
    };
    const run = await app.start(kind);
    await shown(run);
    const cancelledMs = Date.now();
    expect((await app.act(run, "cancel")).status).toBe(200);
    await waitFor("the body to be told", async () => abortedMs > 0);
    expect(abortedMs - cancelledMs).toBeLessThan(1_500);
    expect(reason).toBe("HungUpError");
    expect((await app.ended(run)).status).toBe("cancelled");
  },
);

test("a body that only computes is stopped as well", async () => {
  let isOver = false;
  body = async ({ heartbeat }) => {
    try {
      for (let i = 0; ; i += 1) await heartbeat(i);
    } finally {
      isOver = true;
    }
  };
  const run = await app.start("inline");
  await shown(run);
  expect((await app.act(run, "cancel")).status).toBe(200);
  await waitFor("the body to end", async () => isOver);
});

test("progress that is too large is the author's mistake, and says so", async () => {
  body = ({ heartbeat }) => heartbeat("x".repeat(5_000));
  const run = await app.start("inline");
  await expect.poll(async () => (await app.show(run)).status).toBe("paused");
  expect((await app.show(run)).why).toContain('Step "copy": heartbeat was given more than 4 KiB of JSON');
  body = async () => "mended";
  await app.act(run, "resume");
  expect(await app.ended(run)).toMatchObject({ status: "completed" });
});

test("a dispatch that is over is told so, and what is no heartbeat is refused", async () => {
  const id = stepId("", "copy", 0);
  const send = (invoke: Invoke, more: object = {}, key?: Signing["key"]) => {
    const beats = [{ id, name: "copy", data: 1 }];
    const text = JSON.stringify({ run: invoke.run.id, fence: invoke.task.fence, beats, ...more });
    const headers = signedHeaders(text, key === undefined ? {} : { key });
    return engine.call("POST", `/v1/apps/raw/dev/runs/${invoke.run.id}/heartbeat`, text, headers);
  };
  const post = async (invoke: Invoke, ops: object[], seq: number) => {
    const text = JSON.stringify({ run: invoke.run.id, fence: invoke.task.fence, seq, known: seq - 1, ops });
    return engine.call(
      "POST",
      `/v1/apps/raw/dev/runs/${invoke.run.id}/checkpoint`,
      text,
      signedHeaders(text),
    );
  };
  const op = (name: string) => ({ op: "run", id: stepId("", name, 0), name, n: 0, st: "ok", v: 1 });
  let first: Invoke | undefined;
  const codes: unknown[] = [];
  const raw = await startApp({
    app: "raw",
    functions: [{ id: "long", triggers: [{ event: "begin" }] }],
    async answer(invoke) {
      if (first !== undefined) {
        codes.push(["first again", (await send(first)).json.code]);
        codes.push(["mine", (await send(invoke)).status]);
        return { status: "done" };
      }
      first = invoke;
      const taken = await send(invoke);
      expect([taken.status, taken.json]).toEqual([200, {}]);
      expect(taken.headers.get("webhook-signature")).toBeTruthy();
      // Checkpoints replace the live fence; the dispatch is still the same.
      expect((await post(invoke, [op("one")], 1)).status).toBe(200);
      expect((await send(invoke)).status).toBe(200);
      expect((await post(invoke, [op("copy")], 2)).status).toBe(200);
      // Its step has settled: what it said is over.
      const path = `/v1/apps/raw/dev/runs/${invoke.run.id}`;
      expect((await engine.call("GET", path)).json.heartbeats).toEqual([]);
      const strange = parseSecret(`whsec_${Buffer.alloc(32, 7).toString("base64")}`);
      codes.push(
        ["no fence", (await send(invoke, { fence: "mine" })).json.code],
        ["no uuid run", (await send(invoke, { run: "other" })).status],
        ["large", (await send(invoke, { beats: [{ id, name: "copy", data: "x".repeat(5_000) }] })).status],
        [
          "twice",
          (
            await send(invoke, {
              beats: [
                { id, name: "copy" },
                { id, name: "copy" },
              ],
            })
          ).status,
        ],
        ["none", (await send(invoke, { beats: [] })).status],
        ["stranger", (await send(invoke, {}, replyKeyOf(strange))).status],
      );
      return { status: "continue", ops: [], more: true, checkpoint: { seq: 2, known: 2 } };
    },
  });
  expect((await engine.call("POST", "/v1/apps/raw/dev/sync", { url: raw.url })).status).toBe(200);
  const sent = await engine.call("POST", "/v1/events?app=raw&wait=20", { name: "begin" });
  expect(sent.json.runs[0].status).toBe("completed");
  codes.push(["after the end", (await send(first!)).json.code]);
  expect(codes).toEqual([
    ["no fence", "stale-fence"],
    ["no uuid run", 422],
    ["large", 422],
    ["twice", 422],
    ["none", 422],
    ["stranger", 401],
    ["first again", "stale-fence"],
    ["mine", 200],
    ["after the end", "run-ended"],
  ]);
  await raw.stop();
});
