// Which functions an event starts: wildcards in names, and expressions that must hold.
import { createFunction } from "@durable/sdk";
import { describe, expect, test } from "vitest";
import { startApp } from "./api-app.ts";
import { engineWithApp } from "./engine-with-app.ts";

const says = (id: string, triggers: { event: string; if?: string }[]) =>
  createFunction({ id, triggers, handler: ({ event }) => event.name });

const { engine } = engineWithApp("shop", [
  says("any-order", [{ event: "order.*" }]),
  says("large", [{ event: "order.placed", if: "event.data.total > 100" }]),
  says("either", [
    { event: "order.placed", if: "event.data.total > 1000" },
    { event: "order.*", if: "event.data.vip" },
  ]),
  says("everything", [{ event: "*" }]),
  createFunction({
    id: "sender",
    trigger: { event: "send.it" },
    handler: ({ step }) =>
      step.sendEvent("tell", { name: "order.placed", data: { total: "much", vip: false } }),
  }),
]);

async function send(name: string, data: unknown) {
  const sent = await engine.call("POST", "/v1/events?app=shop&wait=20", { name, data });
  expect(sent.status, sent.text).toBe(200);
  const path = `/v1/apps/shop/dev/skips?event=${sent.json.ids[0]}`;
  const skips: { function: string; reason: string; detail: string }[] = (await engine.call("GET", path)).json
    .skips;
  return {
    started: sent.json.runs.map((run: { function: string }) => run.function),
    skips: skips.sort((a, b) => (a.function < b.function ? -1 : 1)),
  };
}

describe("an event starts", () => {
  test.each([
    ["order.placed", { total: 50, vip: false }, ["any-order", "everything"], ["either", "large"]],
    ["order.placed", { total: 500, vip: true }, ["any-order", "either", "everything", "large"], []],
    ["order.placed", { total: 5_000, vip: false }, ["any-order", "either", "everything", "large"], []],
    ["order.paid", { vip: true }, ["any-order", "either", "everything"], []],
    ["orders", null, ["everything"], []],
  ])("%s %j: %j", async (name, data, functions, filtered) => {
    const { started, skips } = await send(name, data);
    expect(started).toEqual(functions);
    expect(skips.map((skip) => [skip.function, skip.reason])).toEqual(filtered.map((id) => [id, "filtered"]));
  });

  test("an expression that fails starts nothing and is recorded, once per function", async () => {
    const { started, skips } = await send("order.placed", { total: "much", vip: "yes" });
    expect(started).toEqual(["any-order", "everything"]);
    expect(skips.map((skip) => [skip.function, skip.reason])).toEqual([
      ["either", "expression"],
      ["large", "expression"],
    ]);
    expect(skips[1]?.detail).toBe(
      'The expression "event.data.total > 100" could not be evaluated: no such overload: dyn<string> > int (at character 1).',
    );
  });

  test("one that fails does not hide another that holds", async () => {
    expect(await send("order.placed", { total: "much", vip: true })).toMatchObject({
      started: ["any-order", "either", "everything"],
      skips: [{ function: "large" }],
    });
  });

  test("the same of an event that a step sends", async () => {
    await send("send.it", null);
    const { skips } = (await engine.call("GET", "/v1/apps/shop/dev/skips?function=large&limit=1")).json;
    expect(skips).toMatchObject([{ reason: "expression", event: { name: "order.placed" } }]);
  });
});

describe("sync refuses", () => {
  test.each<[string, object, string]>([
    [
      "a trigger's expression",
      { triggers: [{ event: "ok" }, { event: "a", if: "event.data.x >" }] },
      'The expression of trigger 2 ("a") of function "f" cannot be used: Unexpected token: EOF (at character 15). It is "event.data.x >".',
    ],
    [
      "one that names the run",
      { triggers: [{ event: "a", if: "trigger.data.x == 1" }] },
      'The expression of trigger 1 ("a") of function "f" cannot be used: Unknown variable: trigger (at character 1). It is "trigger.data.x == 1".',
    ],
    [
      "that of cancelOn",
      { triggers: [{ event: "a" }], cancel_on: [{ event: "b", if: "1 + 1" }] },
      'The expression of cancelOn 1 ("b") of function "f" cannot be used: it is of type int, and must be true or false.',
    ],
  ])("%s, and says where", async (_, fn, detail) => {
    const broken = await startApp({ app: "broken", functions: [{ id: "f", ...fn } as never] });
    const synced = await engine.call("POST", "/v1/apps/broken/dev/sync", { url: broken.url });
    await broken.stop();
    expect(synced.status).toBe(422);
    expect(synced.json.code).toBe("inspect-failed");
    expect(synced.json.detail).toContain(detail);
  });
});
