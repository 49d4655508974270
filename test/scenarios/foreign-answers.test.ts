// Answers of an app whose SDK does not look at their size.
import { stepId } from "@durable/protocol/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { openDoors } from "./app-doors.ts";

const MIB = 1024 * 1024;

let doors: Awaited<ReturnType<typeof openDoors>>;

beforeAll(async () => {
  doors = await openDoors();
});

afterAll(async () => {
  await expectInvariants(doors.engine.database);
  await doors.stop();
});

const ran = (name: string, v: unknown) => ({ op: "run", id: stepId("", name, 0), name, n: 0, st: "ok", v });
const show = async (run: string) => (await doors.engine.call("GET", doors.path(run))).json;

/** A run whose second step returns so many bytes, until it is mended. */
async function pausedBy(bytes: number) {
  let size = bytes;
  let requests = 0;
  doors.does(({ memo }) => {
    requests += 1;
    if (memo.length === 0) return { status: "continue", ops: [ran("before", 1)] };
    if (memo.length === 1) return { status: "continue", ops: [ran("read", "x".repeat(size))] };
    return { status: "done", output: memo.length };
  });
  const sent = await doors.begin({ isWaitedFor: false });
  const id: string = sent.json.runs[0].run;
  await expect.poll(async () => (await show(id)).status, { timeout: 10_000 }).toBe("paused");
  return {
    run: await show(id),
    requests: () => requests,
    async mended() {
      size = 10;
      await doors.engine.call("POST", `${doors.path(id)}/resume`, {});
      return (await doors.engine.call("GET", `${doors.path(id)}?wait=20`)).json;
    },
  };
}

test("an answer larger than one may be pauses its run at once, with its size and what to do", async () => {
  const { run, requests, mended } = await pausedBy(7 * MIB);
  expect(run.why).toMatch(
    /paused: Its answer has more than the 6291456 bytes that are possible\. Return a reference to large data instead\. Nothing of it was recorded\. Deploy code that does, then resume/,
  );
  expect(requests()).toBe(2);
  expect(await mended()).toMatchObject({ status: "completed", output: 2 });
  expect(requests()).toBe(4);
});

test("so does one value larger than one may be, in an answer that is not", async () => {
  const { run, requests, mended } = await pausedBy(5 * MIB);
  expect(run.why).toMatch(/step "read" \(0\) is larger than 4 MiB \(5242882 bytes\)\. Store it elsewhere/);
  expect(requests()).toBe(2);
  expect(await mended()).toMatchObject({ status: "completed", output: 2 });
});
