// Whoever makes a job ready says so: a run goes on at once, and nobody has to look first.
import { stepId } from "@durable/protocol/wire";
import { createFunction } from "@durable/sdk";
import { expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "./api-engine.ts";
import { openDoors } from "./app-doors.ts";
import { startSdkApp } from "./sdk-app.ts";

/** Longer than a test may take: only hints move anything. */
const pollMs = 120_000;

test("an event that ends a wait while its run is called again", async () => {
  const doors = await openDoors({ pollMs });
  const ids = { ran: stepId("", "a", 0), wait: stepId("", "w", 0) };
  let calls = 0;
  doors.does(async ({ memo, run }) => {
    calls += 1;
    const wait = memo.find(({ id }) => id === ids.wait);
    if (wait === undefined) {
      const ran = { op: "run", id: ids.ran, name: "a", n: 0, st: "ok", v: 1 };
      return { status: "continue", ops: [ran, { op: "wait", id: ids.wait, name: "w", n: 0, event: "go" }] };
    }
    if (wait.st === "ok") return { status: "done", output: calls };
    await doors.engine.call("POST", "/v1/events?app=shop", { name: "go", data: 1 });
    const statusOf = async () => {
      const { steps } = (await doors.engine.call("GET", doors.path(run.id))).json;
      return steps.find(({ name }: { name: string }) => name === "w").status;
    };
    await expect.poll(statusOf, { timeout: 10_000 }).toBe("ok");
    return { status: "continue", ops: [] };
  });
  const sent = await doors.begin({ isWaitedFor: true });
  expect(sent.json.runs[0], sent.text).toMatchObject({ status: "completed", output: 3 });
  await expectInvariants(doors.engine.database);
  await doors.stop();
});

test("a child that is cancelled with its parent undoes its steps", async () => {
  const engine = await startEngine({ pollMs });
  const undone: string[] = [];
  const child = createFunction({
    id: "child",
    handler: async ({ step }) => {
      await step.run("book", () => 1, { compensate: () => void undone.push("book") });
      await step.waitForEvent("never", { event: "never" });
    },
  });
  const parent = createFunction({
    id: "parent",
    trigger: { event: "go" },
    handler: ({ step }) => step.invoke("child", child),
  });
  const app = await startSdkApp(engine, "shop", [child, parent]);
  const run = await app.start("go");
  const childOf = async () => (await app.show(run)).children[0];
  await expect.poll(async () => (await childOf())?.status, { timeout: 10_000 }).toBe("waiting");
  await app.act(run, "cancel");
  await expect.poll(() => undone, { timeout: 10_000 }).toEqual(["book"]);
  expect(await app.ended((await childOf()).run)).toMatchObject({ status: "cancelled", compensated: 1 });
  await expectInvariants(engine.database);
  await app.stop();
  await engine.stop();
});

test("a run whose time is over, and that sets no other timer", async () => {
  const engine = await startEngine({ pollMs });
  const waits = createFunction({
    id: "waits",
    trigger: { event: "go" },
    timeouts: { finish: "300ms" },
    handler: () => new Promise(() => {}),
  });
  const app = await startSdkApp(engine, "shop", [waits]);
  const run = await app.ended(await app.start("go"), 15);
  expect(run).toMatchObject({ status: "failed", failure: { name: "TimeoutError" } });
  await expectInvariants(engine.database);
  await app.stop();
  await engine.stop();
});
