// Waits for events: conditions, look-back, several at once, signals, tokens and what cancels a run.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DEV_SECRET, makeToken, parseSecret } from "@durable/protocol";
import { createFunction, Durable } from "@durable/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { travel } from "../support/travel.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const conditional = createFunction({
  id: "conditional",
  trigger: { event: "conditional" },
  handler: ({ event, step }) =>
    step
      .waitForEvent("w", {
        event: "offer",
        match: { id: event.data.id },
        if: "event.data.price < trigger.data.limit",
        timeout: event.data.timeout,
      })
      .then((offer) => offer?.data.price ?? null)
      .catch((error: Error) => `${error.name}: ${error.message}`),
});
const broken = createFunction({
  id: "broken",
  trigger: { event: "broken" },
  handler: ({ step }) =>
    step
      .waitForEvent("w", { event: "offer", if: "event.data.price <" })
      .catch((error: Error) => `${error.name}: ${error.message}`),
});
const loops = createFunction({
  id: "loops",
  trigger: { event: "tick" },
  handler: async ({ event, step }) => {
    const seen: number[] = [];
    for (let n = 0; n < event.data.times; n += 1) {
      const tick = await step.waitForEvent("tick", {
        event: "tick",
        match: { id: event.data.id },
        timeout: "1d",
      });
      seen.push(tick?.data.n);
    }
    return seen;
  },
});
const reachesBack = createFunction({
  id: "reaches-back",
  trigger: { event: "reaches-back" },
  handler: async ({ event, step }) => {
    const options = { event: "earlier", match: { id: event.data.id }, timeout: "1d" };
    const back = await step.waitForEvent("reaches back", { ...options, lookBack: "1h" });
    return back?.data.n;
  },
});
const any = createFunction({
  id: "any",
  trigger: { event: "any" },
  handler: async ({ event, step }) => {
    const { id } = event.data;
    const list = await step.waitForAny(
      "list",
      [
        { event: "paid", match: { id } },
        { event: "refused", match: { id }, if: "event.data.final" },
      ],
      { timeout: "1d" },
    );
    const named = await step.waitForAny(
      "named",
      { paid: { event: "paid", match: { id } }, gone: { event: "gone", match: { id } } },
      { timeout: "1d" },
    );
    return [list && [list.key, list.event.name], named && [named.key, named.event.name]];
  },
});
const all = createFunction({
  id: "all",
  trigger: { event: "all" },
  handler: async ({ event, step }) => {
    const { id } = event.data;
    const list = await step.waitForAll("list", [
      { event: "part", match: { id } },
      { event: "part", match: { id } },
      { event: "whole", match: { id }, if: "event.data.n > 2" },
    ]);
    const named = await step.waitForAll(
      "named",
      { a: { event: "never" }, b: { event: "part" } },
      { timeout: "1h" },
    );
    return [list?.map(({ data }) => data.n), named];
  },
});
const raced = createFunction({
  id: "raced",
  trigger: { event: "raced" },
  handler: async ({ event, step }) => {
    const options = { event: "single", match: { id: event.data.id }, timeout: "1h" };
    const both = await Promise.all([
      step.waitForEvent("first", options),
      step.waitForEvent("second", options),
    ]);
    return both.map((each) => each?.data.n ?? null);
  },
});
const signalled = createFunction({
  id: "signalled",
  trigger: { event: "signalled" },
  handler: async ({ event, step }) => {
    await step.sleep("nap", 50);
    return step.waitForSignal("go", { key: event.data.key, timeout: "1d" });
  },
});
const tokens: { [run: string]: string } = {};
const tokened = createFunction({
  id: "tokened",
  trigger: { event: "tokened" },
  handler: async ({ step, run }) => {
    const { token, url } = step.createToken("decide");
    await step.run("mail", () => {
      tokens[run.id] = url;
    });
    return step.waitForSignal("decide", { token, timeout: "1d" });
  },
});
const cancellable = createFunction({
  id: "cancellable",
  trigger: { event: "cancellable" },
  cancelOn: [
    { event: "order.cancelled", match: "order.id" },
    { event: "shop.closed", if: "event.data.day == trigger.data.day", timeout: "1d" },
  ],
  handler: async ({ step }) => {
    await step.sleep("long", "30d");
    return "slept";
  },
});

const DURABLE = fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url));
const execute = promisify(execFile);

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let durable: Durable;

beforeAll(async () => {
  engine = await startEngine();
  process.env["DURABLE_PUBLIC_URL"] = engine.url;
  app = await startSdkApp(engine, "shop", [
    conditional,
    broken,
    loops,
    reachesBack,
    any,
    all,
    raced,
    signalled,
    tokened,
    cancellable,
  ]);
  durable = new Durable({ app: "shop", url: engine.url });
});

afterEach(() => expectInvariants(engine.database));

afterAll(async () => {
  delete process.env["DURABLE_PUBLIC_URL"];
  await app.stop();
  await engine.stop();
});

const path = (run: string) => `/v1/apps/shop/dev/runs/${run}`;
async function send(name: string, data: unknown): Promise<string> {
  const { runs } = await durable.send({ name, data });
  return runs[0]?.run ?? "";
}
async function endOf(run: string) {
  const { json } = await engine.call("GET", `${path(run)}/result?wait=20`);
  return json.status === "completed" ? json.output : json.status;
}
async function untilWaiting(run: string, step: string) {
  await expect
    .poll(async () => {
      const { json } = await engine.call("GET", path(run));
      return json.steps.find((each: { name: string; status: string }) => each.name === step)?.status;
    })
    .toBe("pending");
  return (await engine.call("GET", path(run))).json;
}
const left = async (table: string) =>
  (await engine.database.sql.unsafe(`select count(*)::int as n from durable.${table}`))[0]!["n"];

let next = 0;
const newId = () => {
  next += 1;
  return `id-${next}`;
};

describe("waitForEvent with a condition", () => {
  test("takes the first event for which it holds, of the past too", async () => {
    const id = newId();
    const run = await send("conditional", { id, limit: 10 });
    await untilWaiting(run, "w");
    for (const price of [12, 10, 9, 1]) await send("offer", { id, price });
    expect(await endOf(run)).toBe(9);
  });

  test("says what it waits for", async () => {
    const run = await send("conditional", { id: newId(), limit: 10, timeout: "1d" });
    const { why, steps } = await untilWaiting(run, "w");
    expect(why).toMatch(
      /"w" waits for an event "offer" that matches .* and for which event.data.price < trigger/,
    );
    expect(steps[0].wait).toMatchObject({
      mode: "event",
      events: [{ event: "offer", look_back: expect.any(String) }],
    });
    await engine.call("POST", `${path(run)}/cancel`);
  });

  test("one that fails on an event settles the wait as an error that says why", async () => {
    const id = newId();
    const run = await send("conditional", { id, limit: 10 });
    await untilWaiting(run, "w");
    await send("offer", { id, price: "cheap" });
    expect(await endOf(run)).toBe(
      'ExpressionError: The expression "event.data.price < trigger.data.limit" could not be evaluated: no such overload: dyn<string> < dyn<double> (at character 1).',
    );
  });

  test("one that cannot be read fails the wait at once", async () => {
    expect(await endOf(await send("broken", null))).toBe(
      'ExpressionError: The expression "event.data.price <" cannot be used: Unexpected token: EOF (at character 19).',
    );
  });

  test("many runs wait, each is held against the event by its own trigger", async () => {
    const id = newId();
    const runs = await Promise.all(
      [5, 15, 25].map((limit) => send("conditional", { id, limit, timeout: "1d" })),
    );
    for (const run of runs) await untilWaiting(run, "w");
    await send("offer", { id, price: 10 });
    const [low, ...high] = runs;
    expect(await Promise.all(high.map(endOf))).toEqual([10, 10]);
    await expect.poll(() => left("event_obligations")).toBe(0);
    expect((await engine.call("GET", path(low!))).json.status).toBe("waiting");
    await engine.call("POST", `${path(low!)}/cancel`);
  });
});

describe("look-back", () => {
  test("inngest #1433: an event sent right before the wait is not lost", async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = newId();
      const run = await send("conditional", { id, limit: 10, timeout: "20s" });
      await send("offer", { id, price: 1 });
      expect(await endOf(run)).toBe(1);
    }
  });

  test("in a loop it never returns the same event twice, nor the run's own trigger", async () => {
    const id = newId();
    const run = await send("tick", { id, n: 0, times: 5 });
    for (const n of [1, 2, 3, 4, 5]) await send("tick", { id, n, times: 0 });
    expect(await endOf(run)).toEqual([1, 2, 3, 4, 5]);
  });

  test("reaches before the run's start where told", async () => {
    const id = newId();
    await send("earlier", { id, n: 1 });
    await send("earlier", { id, n: 2 });
    expect(await endOf(await send("reaches-back", { id }))).toBe(1);
  });
});

describe("several events", () => {
  test("inngest #1315, inngest-js #1617: waitForAny settles by the first, and its losers are gone", async () => {
    const id = newId();
    const run = await send("any", { id });
    const { steps } = await untilWaiting(run, "list");
    expect(steps[0].wait).toMatchObject({
      mode: "any",
      events: [{ key: "0" }, { key: "1", if: "event.data.final" }],
    });
    await send("refused", { id, final: false });
    await send("refused", { id, final: true });
    await untilWaiting(run, "named");
    const rows = await engine.database.sql`select key from durable.waits where run_id = ${run} order by key`;
    expect(rows.map((row) => row["key"])).toEqual(["gone", "paid"]);
    await send("paid", { id });
    expect(await endOf(run)).toEqual([
      [1, "refused"],
      ["paid", "paid"],
    ]);
  });

  test("waitForAll has one event for each, none twice, and null when one is missing", async () => {
    await travel(engine.database.sql, "0");
    const id = newId();
    const run = await send("all", { id });
    await send("part", { id, n: 1 });
    await send("whole", { id, n: 2 });
    await send("whole", { id, n: 3 });
    await expect
      .poll(async () => (await engine.call("GET", path(run))).json.why)
      .toMatch(/all of 3 events, still missing "1": an event "part"/);
    await send("part", { id, n: 4 });
    await untilWaiting(run, "named");
    await travel(engine.database.sql, "2 hours");
    expect(await endOf(run)).toEqual([[1, 4, 3], null]);
    await travel(engine.database.sql, "0");
  });

  test("two waits of one run for one event: the first gets it", async () => {
    const id = newId();
    const run = await send("raced", { id });
    await untilWaiting(run, "second");
    await send("single", { id, n: 1 });
    await send("single", { id, n: 2 });
    expect(await endOf(run)).toEqual([1, 2]);
  });
});

describe("signals", () => {
  test("a payload reaches the run that waits, byte for byte, also when it was sent before", async () => {
    const key = `deploy/${newId()}`;
    const run = await send("signalled", { key });
    await durable.signal(key, { at: "1.0", deep: [1, { a: null }] });
    expect(await endOf(run)).toEqual({ at: "1.0", deep: [1, { a: null }] });
  });

  test("without a payload it is null; the same id is stored once", async () => {
    const key = newId();
    const url = `/v1/apps/shop/dev/signals/${key}`;
    const run = await send("signalled", { key });
    const first = await engine.call("POST", url, { id: `once-${key}` });
    expect([first.status, first.json]).toEqual([200, { id: `once-${key}` }]);
    expect((await engine.call("POST", url, { id: `once-${key}` })).status).toBe(200);
    expect((await engine.call("POST", url, { id: `once-${key}`, payload: 1 })).json.code).toBe(
      "idempotency-conflict",
    );
    expect(await endOf(run)).toBe(null);
  });

  test("nobody sends the engine's event by hand", async () => {
    const answer = await engine.call("POST", "/v1/events?app=shop", {
      name: "durable.signal",
      data: { key: "a" },
    });
    expect(answer.status).toBe(422);
  });
});

describe("tokens", () => {
  const stranger = (url: string, body?: unknown) =>
    fetch(url, {
      method: "POST",
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    }).then(async (response) => [
      response.status,
      ((await response.json()) as { code?: string }).code ?? "ok",
    ]);

  test("anybody who has it completes it, once; the same again is answered alike", async () => {
    const run = await send("tokened", null);
    await untilWaiting(run, "decide");
    const url = tokens[run]!;
    expect(url).toMatch(/\/v1\/tokens\/[\w-]+\.[\w-]{43}$/);
    expect(await stranger(url, { yes: true })).toEqual([200, "ok"]);
    expect(await endOf(run)).toEqual({ yes: true });
    expect(await stranger(url, { yes: true })).toEqual([200, "ok"]);
    expect(await stranger(url, { yes: false })).toEqual([409, "already-answered"]);
  });

  test.each(["application/x-www-form-urlencoded", "text/plain;charset=UTF-8", undefined])(
    "it is completed under the content type %s, as curl -d and fetch send it",
    async (type) => {
      const run = await send("tokened", null);
      await untilWaiting(run, "decide");
      const body = new Blob(['{"yes":true}'], type === undefined ? {} : { type });
      expect((await fetch(tokens[run]!, { method: "POST", body })).status).toBe(200);
      expect(await endOf(run)).toEqual({ yes: true });
    },
  );

  test("a bad one is not found, whatever is wrong with it", async () => {
    const run = await send("tokened", null);
    await untilWaiting(run, "decide");
    const good = tokens[run]!;
    const [body, seal] = good.split("/").at(-1)!.split(".");
    const base = good.slice(0, good.lastIndexOf("/"));
    const elsewhere = Buffer.from(`nobody/dev/token/${run}/${"0".repeat(32)}`).toString("base64url");
    for (const bad of ["x", `${body}.${"A".repeat(43)}`, `${elsewhere}.${seal}`]) {
      expect(await stranger(`${base}/${bad}`, 1), bad).toEqual([404, "not-found"]);
    }
    // Sealed by the app itself, for what is no run, and for none that there is.
    for (const key of ["token", "token/x/y", `token/${"0".repeat(36)}/y`, `token/${crypto.randomUUID()}/y`]) {
      const sealed = makeToken(parseSecret(DEV_SECRET), { app: "shop", env: "dev", key });
      expect(await stranger(`${base}/${sealed}`, 1), key).toEqual([404, "not-found"]);
    }
    await engine.call("POST", `${path(run)}/cancel`);
    expect(await stranger(good, 1)).toEqual([409, "run-terminal"]);
  });

  test("guessing is slowed down, and large bodies are refused", async () => {
    const tries = await Promise.all(
      Array.from({ length: 150 }, () => stranger(`${engine.url}/v1/tokens/x`, 1)),
    );
    expect(new Set(tries.map(([status]) => status))).toEqual(new Set([404, 429]));
    const large = await fetch(`${engine.url}/v1/tokens/x`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify("x".repeat(70_000)),
    });
    expect(large.status).toBe(413);
  });
});

test("the command line sends a signal and completes a token, each once", async () => {
  const durableCli = (args: string[]) =>
    execute(process.execPath, [DURABLE, ...args], {
      env: { DURABLE_URL: engine.url, DURABLE_APP: "shop" },
    }).then(({ stdout }) => stdout);
  const key = `deploy/${newId()}`;
  const signalled = await send("signalled", { key });
  const args = ["signals", "send", key, "--data", '{"by":"Ada"}', "--id", `cli-${key}`, "--json"];
  expect(JSON.parse(await durableCli(args))).toEqual({ id: `cli-${key}` });
  expect(await durableCli(args.slice(0, -1))).toBe(
    `The signal is on disk as event cli-${key}. Runs that wait for "${key}" go on.\n`,
  );
  expect(await endOf(signalled)).toEqual({ by: "Ada" });
  const tokened = await send("tokened", null);
  await untilWaiting(tokened, "decide");
  const url = tokens[tokened]!;
  expect(await durableCli(["tokens", "complete", url, "--data", "[1]"])).toContain("its run goes on");
  expect(await endOf(tokened)).toEqual([1]);
  const again = durableCli(["tokens", "complete", url.slice(url.lastIndexOf("/") + 1)]);
  await expect(again).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("completed before") });
});

describe("cancelOn", () => {
  test("an event that matches cancels the run, and the audit says which", async () => {
    const mine = await send("cancellable", { order: { id: 7 }, day: "mon" });
    const other = await send("cancellable", { order: { id: 8 }, day: "mon" });
    await untilWaiting(mine, "long");
    await durable.send({ name: "order.cancelled", id: `c-${mine}`, data: { order: { id: 7 } } });
    expect(await endOf(mine)).toBe("cancelled");
    const { json } = await engine.call("GET", path(mine));
    expect(json.cancelled).toMatchObject({ by: "cancelOn", reason: `event "order.cancelled" (c-${mine})` });
    await send("shop.closed", { day: "tue" });
    await send("shop.closed", { day: "mon" });
    expect(await endOf(other)).toBe("cancelled");
    expect(await left("waits")).toBe(0);
  });

  test("not after its time, and not for what the trigger does not have", async () => {
    await travel(engine.database.sql, "0");
    const run = await send("cancellable", { day: "wed" });
    await untilWaiting(run, "long");
    const skips = (await engine.call("GET", "/v1/apps/shop/dev/skips?function=cancellable&limit=1")).json
      .skips;
    expect(skips).toMatchObject([
      { reason: "cancel-on", detail: expect.stringContaining('has no "order.id"') },
    ]);
    await travel(engine.database.sql, "2 days");
    await send("shop.closed", { day: "wed" });
    await send("order.cancelled", { order: {} });
    await expect.poll(() => left("event_obligations")).toBe(0);
    expect((await engine.call("GET", path(run))).json.status).toBe("waiting");
    await engine.call("POST", `${path(run)}/cancel`);
    await travel(engine.database.sql, "0");
  });

  test("a condition that fails cancels nothing, and is told", async () => {
    const run = await send("cancellable", { order: { id: 9 }, day: "thu" });
    await untilWaiting(run, "long");
    await send("shop.closed", {});
    await expect
      .poll(async () => (await engine.call("GET", "/v1/apps/shop/dev/skips?limit=1")).json.skips[0]?.detail)
      .toMatch(new RegExp(`^Run ${run} was not cancelled by it. The expression .* No such key: day`));
    await engine.call("POST", `${path(run)}/cancel`);
  });

  test("a run that ends leaves nothing of it", async () => {
    await expect.poll(() => left("waits")).toBe(0);
    expect(await left("timers")).toBe(0);
  });
});
