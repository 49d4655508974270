// Programs that are written more oddly than the guides show, and mean something all the same.
import { beforeAll, expect, test } from "vitest";
import { createFunction, NonRetriableError, type Step } from "../../sdk-ts/src/index.ts";
import type { TestKit } from "../../sdk-ts/src/testing/index.ts";
import { openKit } from "../support/kit.ts";

class CardError extends Error {
  override name = "CardError";
  code = "declined";
}

const fail = (thrown: unknown) => () => {
  throw thrown;
};
const leaf = (step: Step, name: string) => step.run(name, () => name);

const VALUES = [
  undefined,
  null,
  -0,
  Number.NaN,
  new Date(0),
  new Map([[1, 2]]),
  [undefined],
  { a: undefined },
];

const completes: Record<string, [(step: Step) => unknown, unknown]> = {
  "combinators three deep": [
    (step) =>
      Promise.all([
        Promise.all([Promise.all([leaf(step, "a"), leaf(step, "b")]), Promise.race([leaf(step, "c")])]),
        Promise.any([
          step.run("d", fail(new Error("no d"))),
          Promise.all([leaf(step, "e"), leaf(step, "f")]),
        ]),
        Promise.allSettled([leaf(step, "g"), step.run("h", fail(new Error("no h")))]).then((all) =>
          all.map(({ status }) => status),
        ),
      ]),
    [
      [["a", "b"], "c"],
      ["e", "f"],
      ["fulfilled", "rejected"],
    ],
  ],
  "a race in a loop": [
    async (step) => {
      const seen: unknown[] = [];
      for (let turn = 0; turn < 5; turn += 1) {
        seen.push(await step.race([(s) => s.run("work", () => turn), (s) => s.sleep("nap", "1d")]));
      }
      return seen;
    },
    [0, 1, 2, 3, 4],
  ],
  "steps in catch and finally, and a chain of causes after a replay": [
    async (step) => {
      const cause = new RangeError("low", { cause: "a text" });
      try {
        return await step.run("pay", fail(new CardError("no", { cause })));
      } catch (error) {
        const { name, message, code, cause } = error as CardError & { cause: Error };
        return [
          name,
          message,
          code,
          cause.message,
          (cause.cause as Error).message,
          await leaf(step, "after"),
        ];
      } finally {
        await leaf(step, "always");
      }
    },
    ["CardError", "no", "declined", "low", "a text", "after"],
  ],
  "a caught failure among steps of one name": [
    async (step) => {
      for (const turn of [0, 1, 2]) {
        const body = turn === 1 ? fail(new NonRetriableError("one")) : () => turn;
        await step.run("same", body).catch(() => null);
      }
      return step.run("same", () => "last");
    },
    "last",
  ],
  "values that JSON makes others of": [
    async (step) => {
      const got: unknown[] = [];
      for (const value of VALUES) got.push(await step.run("value", () => value as unknown));
      return got.map((value) => (value === undefined ? "nothing" : value));
    },
    ["nothing", null, 0, null, "1970-01-01T00:00:00.000Z", {}, [null], {}],
  ],
  "members called like those of every object": [
    async (step) => {
      const text = '{"__proto__":{"admin":true},"constructor":1}';
      const value = (await step.run("odd", () => JSON.parse(text))) as { admin?: boolean };
      return [Object.keys(value), value.admin === undefined];
    },
    [["__proto__", "constructor"], true],
  ],
  "no step and no result": [() => undefined, null],
  "500 steps at once": [
    async (step) => {
      const all = await Promise.all(Array.from({ length: 500 }, (_, i) => step.run("one", () => i)));
      return all.reduce((sum, each) => sum + each, 0);
    },
    124_750,
  ],
};

const circular: { self?: unknown } = {};
circular.self = circular;

const fails: Record<string, [(step: Step) => unknown, object]> = {
  "a BigInt as a result": [(step) => step.run("s", () => 1n as unknown), { name: "NonRetriableError" }],
  "half a character as a result": [(step) => step.run("s", () => "\ud800"), { name: "NonRetriableError" }],
  "a circle as a result": [(step) => step.run("s", () => circular as unknown), { name: "NonRetriableError" }],
  "null that is thrown": [(step) => step.run("s", fail(null)), { name: "Error", message: "null" }],
  "a text that is thrown outside of steps": [fail("text"), { name: "Error", message: "text" }],
};

// An answer with one op that the engine refuses is refused whole: the result beside it would be lost, and made again.
const HALF = "\ud800";
const unsendable: Record<string, [(step: Step) => Promise<unknown>, RegExp]> = {
  "an expression that is too long": [
    (step) => step.waitForEvent("odd", { event: "e", if: `event.data == "${"x".repeat(1_100)}"` }),
    /^Step "odd": "if" has 1116 characters; at most 1000/,
  ],
  "a match without a path": [
    (step) => step.waitForEvent("odd", { event: "e", match: { "": 1 } }),
    /^Step "odd": a path of "match"/,
  ],
  "a match with half a character": [
    (step) => step.waitForEvent("odd", { event: "e", match: { a: HALF } }),
    /^Step "odd" asks for something that cannot be kept/,
  ],
  "a signal with NUL": [
    (step) => step.waitForSignal("odd", { key: "a\0b" }),
    /^Step "odd" asks for something that cannot be kept/,
  ],
  "an event's id with NUL": [
    (step) => step.sendEvent("odd", { name: "e", id: "a\0b" }),
    /^Step "odd" asks for something that cannot be kept/,
  ],
  "a case with half a character": [
    (step) => step.branch("odd", { [HALF]: true }),
    /^Step "odd" asks for something that cannot be kept/,
  ],
  "a path of half a character": [
    (step) => step.waitForEvent("odd", { event: "e", match: { [HALF]: 1 } }),
    /^Step "odd" asks for something that cannot be kept/,
  ],
  "a fetch with half a character": [
    (step) => step.fetch("odd", { url: "http://127.0.0.1:1/", body: HALF }),
    /^Step "odd" asks for something that cannot be kept/,
  ],
  "events that one answer cannot hold": [
    (step) => step.sendEvent("odd", Array(10).fill({ name: "e", data: "x".repeat(900_000) })),
    /^Step "odd" asks for more than 5 MiB of JSON/,
  ],
};
const tooMany = createFunction({
  id: "too-many",
  handler: async ({ step }) =>
    Promise.all(Array.from({ length: 10_001 }, (_, i) => step.run("one", () => ran.push(i)))),
});
const ran: number[] = [];
const charged = new Map<string, number>();

const idOf = (name: string) => name.replaceAll(/[^a-z0-9]/gi, "-");
const programs = [...Object.entries(completes), ...Object.entries(fails)].map(([name, [handler]]) =>
  createFunction({ id: idOf(name), retry: { max: 1 }, handler: ({ step }) => handler(step) }),
);
const refused = Object.entries(unsendable).map(([name, [odd]]) =>
  createFunction({
    id: idOf(name),
    handler: async ({ step }) => {
      const charge = step.run("charge", () => charged.set(name, (charged.get(name) ?? 0) + 1).get(name));
      const [, failure] = await Promise.all([charge, odd(step).catch((error: Error) => error.message)]);
      return failure;
    },
  }),
);
const told = { event: "told" };
const waits: Record<string, (step: Step) => Promise<unknown>> = {
  waitForEvent: (step) => step.waitForEvent("w", told),
  waitForAny: (step) => step.waitForAny("w", [told]),
  waitForAll: (step) => step.waitForAll("w", [told]),
};
let deployed = "waitForEvent";
const changes = createFunction({
  id: "changes-its-wait",
  handler: async ({ step }) => {
    await waits[deployed]!(step);
    await step.sleep("night", "1d");
  },
});

let kit: TestKit;
beforeAll(async () => {
  kit = await openKit({ functions: [...programs, ...refused, changes, tooMany] });
});

test.each(Object.entries(completes))("%s", async (name, [, output]) => {
  const run = await kit.start(idOf(name));
  expect(await run.ended()).toMatchObject({ status: "completed", failure: null });
  expect((await run.state()).output).toEqual(output);
});

test.each(Object.entries(fails))("%s", async (name, [, failure]) => {
  const run = await kit.start(idOf(name));
  expect(await run.ended()).toMatchObject({ status: "failed", failure });
});

test.each(Object.entries(unsendable))(
  "%s is refused where it stands, and the step beside it runs once",
  async (name, [, sentence]) => {
    const run = await kit.start(idOf(name));
    expect(await run.ended()).toMatchObject({ status: "completed", output: expect.stringMatching(sentence) });
    expect(charged.get(name)).toBe(1);
  },
);

test.each(["waitForAny", "waitForAll"] as const)(
  "a waitForEvent that became a %s pauses the run",
  async (kind) => {
    deployed = "waitForEvent";
    const run = await kit.start("changes-its-wait");
    await kit.send({ name: "told" });
    await kit.settled();
    deployed = kind;
    await kit.advance("2d");
    const { status, failure } = await run.state();
    expect({ status, name: failure?.name }).toEqual({ status: "paused", name: "NondeterminismError" });
    expect(failure?.message).toMatch(/Step "w" \(0\) is recorded as another kind of "wait"/);
    await run.cancel();
  },
);

test("more steps at once than a run may have: each runs once, and the run pauses and says why", async () => {
  const run = await kit.start(tooMany);
  const { status, failure } = await run.ended();
  expect({ status, name: failure?.name }).toEqual({ status: "paused", name: "TooManySteps" });
  expect(ran).toHaveLength(10_001);
  await run.cancel();
}, 60_000);
