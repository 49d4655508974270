// What a run waits for comes while its app is called: it goes on at once, and nobody has to look first.
import { stepId } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { openDoors } from "./app-doors.ts";

test("an event that ends a wait while its run is called again", async () => {
  // Longer than the test may take: only hints move anything.
  const doors = await openDoors({ pollMs: 120_000 });
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
