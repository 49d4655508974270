// What createFunction accepts, and what a handler's types are.
import { describe, expect, expectTypeOf, test } from "vitest";
import { createFunction, type FunctionOptions } from "./function.ts";
import { makeManifest } from "./manifest.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { isFor } from "./trigger.ts";

const handler = () => null;
const trigger = { event: "order.placed" };

describe("a function", () => {
  test.each([
    ["an id with a space", { id: "my function" }, /The function id "my function" must be 1 to 100 of/],
    ["an id that begins with a dot", { id: ".." }, /must be 1 to 100 of/],
    ["an id of 101 characters", { id: "x".repeat(101) }, /must be 1 to 100 of/],
    [
      "a word that nobody reads",
      { retries: 3 },
      /Function "f" has no option "retries"\. It takes id, trigger, /,
    ],
    ["a policy that is a number", { retry: 3 }, /Function "f": retry takes an object .* not 3\./],
    [
      "a limit that nobody reads",
      { timeouts: { total: "1d" } },
      /Function "f": timeouts has no option "total"/,
    ],
    ["a trigger that is a text", { trigger: "e" }, /Function "f": a trigger takes an object .* not "e"\./],
    ["a trigger by another word", { trigger: { name: "e" } }, /Function "f": a trigger has no option "name"/],
    ["a trigger of nothing", { trigger: {} }, /Function "f": a trigger is \{ event/],
    [
      "a JSON Schema as input",
      { input: { type: "object" } },
      /Function "f": input is no Standard Schema .* "jsonSchema"/,
    ],
    ["what it invokes as one id", { invokes: "bill" }, /Function "f": "invokes" is a list/],
    [
      "what it invokes as a URL",
      { invokes: ["a/b/c"] },
      /Function "f": "invokes" names functions: .* not "a\/b\/c"/,
    ],
    ["no handler", { handler: undefined }, /Function "f" has no handler/],
    [
      "a generator as its handler",
      { *handler() {} },
      /Function "f": its handler is a generator .* Steps are awaited, not yielded/,
    ],
    ["an async generator", { async *onFailure() {} }, /Function "f": onFailure is a generator/],
    ["trigger and triggers", { trigger, triggers: [trigger] }, /both "trigger" and "triggers"/],
    [
      "a cron with an option that nobody reads",
      { trigger: { cron: "* * * * *", timezone: "UTC" } },
      /has no option "timezone"/,
    ],
    [
      "a jitter of a day",
      { trigger: { cron: "* * * * *", jitter: "1d" } },
      /jitter may be an hour at most, and is "1d"/,
    ],
    [
      "a catchUp of its own",
      { trigger: { cron: "* * * * *", catchUp: "some" } },
      /catchUp must be one of "none", "last", "all", and is "some"/,
    ],
    [
      "an overlap of its own",
      { trigger: { cron: "* * * * *", overlap: "wait" } },
      /overlap must be one of "allow", "skip", "queue", "cancel"/,
    ],
    ["eleven triggers", { trigger: undefined, triggers: Array(11).fill(trigger) }, /more than 10 triggers/],
    ["less than every step kept", { durability: "async" }, /durability must be "step", and is "async"/],
    ["no attempts", { retry: { max: 0 } }, /Function "f": retry\.max counts all attempts/],
    ["a delay that is none", { retry: { base: "soon" } }, /Function "f": "soon" is no duration/],
    [
      "an unknown backoff",
      { retry: { backoff: "random" } },
      /"exponential", "linear", "constant" or a table/,
    ],
  ])("with %s is refused where it is written", (_, wrong, sentence) => {
    expect(() => createFunction({ id: "f", trigger, handler, ...wrong } as FunctionOptions)).toThrow(
      sentence,
    );
  });

  test("its policy travels whole, with what it does not say filled in", () => {
    const fn = createFunction({ id: "f", trigger, retry: { max: 7, base: "2s" }, handler });
    expect(makeManifest({ app: "a", functions: [fn], reachesEngine: true }).functions[0]).toEqual({
      id: "f",
      triggers: [{ event: "order.placed" }],
      retry: { max: 7, backoff: "exponential", base_ms: 2_000, factor: 2, max_ms: 3_600_000, jitter: true },
    });
  });

  test("the digest names what is declared: equal for equal functions, another for others", () => {
    const digest = (id: string) =>
      makeManifest({ app: "a", functions: [createFunction({ id, trigger, handler })], reachesEngine: true })
        .manifest;
    expect(digest("f")).toBe(digest("f"));
    expect(digest("f")).not.toBe(digest("g"));
  });
});

describe("a trigger", () => {
  test.each([
    ["order.placed", "order.placed", true],
    ["order.placed", "order.placed2", false],
    ["order.*", "order.placed", true],
    ["order.*", "orders.placed", false],
    ["*.placed", "order.placed", true],
    ["a*b*c", "a1b2c", true],
    ["a*bc", "abc", true],
    ["ab*ba", "aba", false],
    ["*", "anything", true],
  ])("on %s means %s: %s", (event, name, is) => expect(isFor({ event }, name)).toBe(is));
});

interface Order {
  orderId: string;
}
const schema: StandardSchema<unknown, Order> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as Order }) },
};

test("event and step results have the types that come at run time", () => {
  createFunction({
    id: "typed",
    triggers: [{ event: "order.placed", schema }, { event: "order.paid" }],
    handler: async ({ event, step }) => {
      if (event.name === "order.placed") expectTypeOf(event.data).toEqualTypeOf<Order>();
      expectTypeOf(event.name).toEqualTypeOf<"order.placed" | "order.paid">();
      const result = await step.run("r", () => ({
        at: new Date(),
        go: () => 1,
        list: [undefined, 1] as const,
      }));
      expectTypeOf(result).toEqualTypeOf<{ at: string; list: readonly [null, 1] }>();
      expectTypeOf(await step.run("v", () => {})).toEqualTypeOf<void>();
      expectTypeOf(await step.sendEvent("s", { name: "x" })).toEqualTypeOf<{ ids: string[] }>();
    },
  });
  createFunction({
    id: "input",
    trigger: { event: "order.placed" },
    input: schema,
    handler: ({ event }) => expectTypeOf(event.data).toEqualTypeOf<Order>(),
  });
});

test("what is said of a cron stands in the manifest", () => {
  const trigger = {
    cron: "0 9 * * *",
    if: "event.data.a != null",
    tz: "UTC",
    jitter: "1m",
    catchUp: "all",
    overlap: "skip",
    data: { a: new Date(0) },
  } as const;
  const fn = createFunction({ id: "f", trigger, handler: () => {} });
  const { functions } = makeManifest({ app: "shop", functions: [fn], reachesEngine: false });
  expect(functions[0]!.triggers).toEqual([
    {
      cron: "0 9 * * *",
      if: "event.data.a != null",
      tz: "UTC",
      jitter_ms: 60_000,
      catch_up: "all",
      overlap: "skip",
      data: { a: "1970-01-01T00:00:00.000Z" },
    },
  ]);
});

test("what a function invokes is named in the manifest, whichever way it is given", () => {
  const bill = createFunction({ id: "bill", handler });
  const order = createFunction({ id: "order", invokes: [bill, "ship", "billing/remind"], handler });
  const [, described] = makeManifest({
    app: "shop",
    functions: [bill, order],
    reachesEngine: true,
  }).functions;
  expect(described).toMatchObject({ id: "order", invokes: ["bill", "ship", "billing/remind"] });
});
