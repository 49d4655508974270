// Runs that are started by their function's name, and what a function's schemas keep out.
import { createFunction, Durable, DurableRequestError, FunctionError } from "@durable/sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { signedHeaders } from "../support/signed-headers.ts";
import { engineWithApp } from "./engine-with-app.ts";

const Order = z.object({ order: z.number(), note: z.string().default("none") });

const checkout = createFunction({
  id: "checkout",
  trigger: { event: "order.placed" },
  input: Order,
  handler: async ({ event, step }) => {
    const total = await step.run("total", () => event.data.order * 2);
    return { total, note: event.data.note, name: event.name };
  },
});
const listens = createFunction({
  id: "listens",
  trigger: { event: "order.placed" },
  handler: ({ event }) => event.data,
});
const declines = createFunction({
  id: "declines",
  handler: () => {
    throw Object.assign(new RangeError("too dear", { cause: new Error("no money") }), { code: "declined" });
  },
  retry: { max: 1 },
});
const lies = createFunction({
  id: "lies",
  output: z.object({ total: z.number() }),
  handler: () => ({ total: "much" }),
});
const tidy = createFunction({
  id: "tidy",
  output: z.object({ total: z.number() }),
  handler: () => ({ total: 1, secret: "not for them" }),
});
const fromOutside = createFunction({
  id: "from-outside",
  jsonSchema: {
    input: {
      type: "object",
      properties: { id: { $ref: "#/$defs/id" } },
      $defs: { id: { pattern: "^(a+)+$" } },
    },
  },
  handler: ({ event }) => event.data,
});
const sender = createFunction({
  id: "sender",
  handler: async ({ step }) => {
    await step.sendEvent("tell", [
      { name: "order.placed", data: { order: "seven" }, id: "sent-by-step" },
      { name: "order.placed", data: { order: 7 } },
    ]);
  },
});

let durable: Durable;

const { engine } = engineWithApp("shop", [checkout, listens, declines, lies, tidy, fromOutside, sender]);

beforeAll(() => {
  durable = new Durable({ app: "shop", url: engine.url });
});

const trigger = (fn: string, body: unknown, query = "") =>
  engine.call("POST", `/v1/apps/shop/dev/functions/${fn}/trigger${query}`, body);
const skips = async (query = "") => (await engine.call("GET", `/v1/apps/shop/dev/skips${query}`)).json;

describe("a start by name", () => {
  test("runs exactly that function, and answers with its end for who waits", async () => {
    const answer = await trigger("checkout", { data: { order: 21 } }, "?wait=20");
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toMatchObject({
      function: "checkout",
      status: "completed",
      output: { total: 42, note: "none", name: "durable.trigger" },
    });
    const { runs } = (await engine.call("GET", "/v1/apps/shop/dev/runs?function=listens")).json;
    expect(runs).toEqual([]);
  });

  test("keeps its data byte for byte", async () => {
    const answer = await trigger("listens", '{"data":{"b":1.0,"a":"é"}}');
    const run = await engine.call("GET", `/v1/apps/shop/dev/runs/${answer.json.run}?wait=20`);
    expect(run.text).toContain('"data":{"b":1.0,"a":"é"}');
  });

  test("sent again under its id finds the run it started; with other data it is refused", async () => {
    const first = await durable.start(listens, { n: 1 }, { id: "order-1" });
    expect(await durable.start(listens, { n: 1 }, { id: "order-1" })).toEqual(first);
    const other = await durable.start(listens, { n: 2 }, { id: "order-1" }).catch((error) => error);
    expect([other.status, other.code]).toEqual([409, "idempotency-conflict"]);
    // The same id means another thing for another function, and as the id of an event.
    expect((await durable.start("sender", undefined, { id: "order-1" })).run).not.toBe(first.run);
    const sent = await durable.send({ name: "nobody.listens", id: "order-1" });
    expect(sent.ids).toEqual(["order-1"]);
  });

  test("of a function that is not there names those that are", async () => {
    const answer = await trigger("chekout", {});
    expect([answer.status, answer.json.code]).toEqual([404, "not-found"]);
    expect(answer.json.detail).toMatch(/no function "chekout"\. Did you mean checkout\? Sync the app/);
    expect((await engine.call("POST", "/v1/apps/none/dev/functions/x/trigger", {})).status).toBe(404);
  });

  test("with data that does not fit is refused with a pointer, and starts nothing", async () => {
    const answer = await trigger("checkout", { data: { order: "seven" } });
    expect([answer.status, answer.json.code]).toEqual([422, "validation"]);
    expect(answer.json.errors).toEqual([{ pointer: "/data/order", detail: "must be number" }]);
    const refused = await durable.start(checkout, { order: "seven" } as never).catch((error) => error);
    expect(refused).toBeInstanceOf(DurableRequestError);
    expect(refused.errors).toEqual([{ pointer: "/data/order", detail: "must be number" }]);
  });

  test("takes nothing it does not know", async () => {
    const answer = await trigger("listens", { data: 1, wat: 1 });
    expect(answer.json.errors).toEqual([
      { pointer: "/wat", detail: "is not known here; check its spelling" },
    ]);
  });
});

describe("the client", () => {
  test("starts a run and waits for its output", async () => {
    const output = await durable.execute(checkout, { order: 4 });
    expect(output.total satisfies number).toBe(8);
  });

  test("throws what the run failed with", async () => {
    const error = await durable.execute(declines).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({ functionId: "declines", status: "failed", code: "declined" });
    expect(error.message).toMatch(/^Run .* of "declines" failed: RangeError: too dear$/);
    expect(error.cause).toMatchObject({ name: "RangeError", cause: { message: "no money" } });
  });

  test("signs for one path: seen by somebody, it is no good at another", async () => {
    const body = JSON.stringify({ path: "/v1/apps/shop/dev/functions/listens/trigger", data: 1 });
    const at = (fn: string) =>
      engine.call("POST", `/v1/apps/shop/dev/functions/${fn}/trigger`, body, signedHeaders(body));
    expect((await at("listens")).status).toBe(200);
    expect((await at("sender")).json).toMatchObject({ status: 403, code: "forbidden" });
  });
});

describe("an event that does not fit", () => {
  test("starts the other functions, and leaves a skip that says why", async () => {
    const sent = await engine.call("POST", "/v1/events?app=shop", {
      name: "order.placed",
      data: { order: "seven" },
      id: "bad-order",
    });
    expect(sent.json.runs.map((run: { function: string }) => run.function)).toEqual(["listens"]);
    const found = await skips("?event=bad-order");
    expect(found).toMatchObject({
      skips: [{ function: "checkout", event: { id: "bad-order", name: "order.placed" }, reason: "schema" }],
      next: null,
    });
    expect(found.skips[0].detail).toBe(
      'The event\'s data does not fit the input of "checkout" (version 1): /order must be number.',
    );
    // Accepted before: nothing happens again.
    await engine.call("POST", "/v1/events?app=shop", {
      name: "order.placed",
      data: { order: "seven" },
      id: "bad-order",
    });
    expect((await skips("?event=bad-order")).skips).toHaveLength(1);
  });

  test("is skipped as well when a step sends it", async () => {
    await durable.execute(sender);
    expect((await skips("?event=sent-by-step")).skips).toMatchObject([{ function: "checkout" }]);
    const { runs } = (await engine.call("GET", "/v1/apps/shop/dev/runs?function=checkout")).json;
    expect(runs[0].event.name).toBe("order.placed");
  });

  test("is listed by pages, newest first, in its own workspace only", async () => {
    for (const id of ["page-0", "page-1", "page-2"]) {
      await engine.call("POST", "/v1/events?app=shop", { name: "order.placed", data: {}, id });
    }
    const first = await skips("?limit=2");
    const second = await skips(`?limit=2&cursor=${first.next}`);
    const ids = [...first.skips, ...second.skips].map((skip: { event: { id: string } }) => skip.event.id);
    expect(ids.slice(0, 3)).toEqual(["page-2", "page-1", "page-0"]);
    await engine.call("POST", "/v1/events?app=other", { name: "nothing" });
    expect((await engine.call("GET", "/v1/apps/other/dev/skips")).json).toEqual({ skips: [], next: null });
  });
});

describe("what a function returns", () => {
  test("fails its run when it does not fit its output", async () => {
    const error = await durable.execute(lies).catch((thrown) => thrown);
    expect(error.cause.message).toMatch(
      /^What function "lies" returned does not fit its output schema: total: /,
    );
  });

  test("is what its output makes of it", async () => {
    expect(await durable.execute(tidy)).toEqual({ total: 1 });
  });
});

test("a pattern on which others try for ever is judged at once", async () => {
  const startedAtMs = performance.now();
  const refused = await trigger("from-outside", { data: { id: `${"a".repeat(50)}b` } });
  expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, "/data/id"]);
  expect(await durable.execute(fromOutside, { id: "a".repeat(50) })).toEqual({ id: "a".repeat(50) });
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  expect((await trigger("from-outside", { data: 7 })).json.errors).toEqual([
    { pointer: "/data", detail: "must be object" },
  ]);
});
