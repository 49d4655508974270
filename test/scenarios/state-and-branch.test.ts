// What a run says of itself while it goes on, and the ways it has taken.
import { createFunction, Durable } from "@durable/sdk";
import { beforeAll, expect, test } from "vitest";
import { waitFor } from "../support/wait.ts";
import { engineWithApp } from "./engine-with-app.ts";

/** What the world says: it changes while runs are under way. */
const world = { isMember: true, asked: 0 };

const counts = createFunction({
  id: "counts",
  handler: async ({ step }) => {
    step.setState({ done: 0 });
    for (let n = 1; n <= 3; n += 1) {
      await step.run("item", () => n);
      step.setState({ done: n });
    }
    await step.waitForEvent("go", { event: "go.on" });
    step.setState("over");
    return "counted";
  },
});
const decides = createFunction({
  id: "decides",
  trigger: { event: "decide.now" },
  handler: async ({ event, step }) => {
    const way = await step.branch("way", {
      dear: event.data.total > 100,
      member: () => {
        world.asked += 1;
        return world.isMember;
      },
      other: true,
    });
    const { signal } = (await step.waitForEvent("go", { event: "go.on" }))?.data ?? {};
    return { way, signal };
  },
});

let durable: Durable;

const { engine } = engineWithApp("shop", [counts, decides]);

beforeAll(() => {
  durable = new Durable({ app: "shop", url: engine.url });
});

const show = async (run: string) => (await engine.call("GET", `/v1/apps/shop/dev/runs/${run}`)).json;
const waiting = (run: string) =>
  waitFor("the run to wait", async () => ((await show(run)).status === "waiting" ? true : null));

test("a state is read while its run goes on, and with its end", async () => {
  const { run } = await durable.start(counts);
  await waiting(run);
  const shown = await show(run);
  expect(shown.state).toEqual({ done: 3 });
  // It is no step: nothing of it is in the journal.
  expect(shown.steps.map((step: { op: string }) => step.op)).toEqual(["run", "run", "run", "wait"]);
  expect((await engine.call("GET", `/v1/apps/shop/dev/runs/${run}/result?wait=0`)).json).toEqual({
    id: run,
    status: "waiting",
    output: null,
    failure: null,
    state: { done: 3 },
  });

  const ended = engine.call("GET", `/v1/apps/shop/dev/runs/${run}/result?wait=20`);
  await durable.send({ name: "go.on" });
  expect((await ended).json).toMatchObject({ status: "completed", output: "counted", state: "over" });
  expect((await show(run)).state).toBe("over");
});

test("a run that is cancelled keeps what it said last, and tells it to who waits", async () => {
  const { run } = await durable.start(counts);
  await waiting(run);
  const ended = engine.call("GET", `/v1/apps/shop/dev/runs/${run}/result?wait=20`);
  await engine.call("POST", `/v1/apps/shop/dev/runs/${run}/cancel`, {});
  expect((await ended).json).toMatchObject({ status: "cancelled", state: { done: 3 } });
});

test("a branch never flips, whatever the world says when it is replayed", async () => {
  world.isMember = true;
  world.asked = 0;
  const { run } = await durable.start(decides, { total: 7 });
  await waiting(run);
  world.isMember = false;
  await durable.send({ name: "go.on", data: { signal: "late" } });
  const shown = (await engine.call("GET", `/v1/apps/shop/dev/runs/${run}?wait=20`)).json;
  expect(shown.output).toEqual({ way: "member", signal: "late" });
  expect(shown.steps[0]).toMatchObject({
    op: "branch",
    name: "way",
    value: { taken: "member", cases: ["dear", "member", "other"] },
  });
  expect(world.asked).toBe(1);
});

test("a branch asks no case after the first that holds", async () => {
  world.asked = 0;
  const { run } = await durable.start(decides, { total: 700 });
  await waiting(run);
  expect((await show(run)).steps[0].value.taken).toBe("dear");
  expect(world.asked).toBe(0);
});
