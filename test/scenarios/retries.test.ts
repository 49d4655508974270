// Every policy of retrying, as user code declares it and as the engine does it; and runs that a person has to help.
import { createFunction, NonRetriableError } from "@durable/sdk";
import { beforeEach, describe, expect, test } from "vitest";
import { engineWithApp } from "./engine-with-app.ts";
import { startSdkApp } from "./sdk-app.ts";

class BusyError extends Error {
  override readonly name = "BusyError";
}

/** How often the body of a step still fails, and with what. */
let failing = 0;
let error: () => Error = () => new Error("broken");
let calls: { attempt: number; key: string }[] = [];
let asked: [number, string][] = [];
let isOldCode = true;

function body({ attempt, idempotencyKey }: { attempt: number; idempotencyKey: string }) {
  calls.push({ attempt, key: idempotencyKey });
  if (failing === 0) return "done";
  failing -= 1;
  throw error();
}

const quick = { backoff: "constant", base: 5, jitter: false } as const;
const options = {
  table: { retry: { backoff: [5, 10, 15] } },
  listed: { retry: { ...quick, retryOn: ["BusyError"] } },
  stopped: { retry: { ...quick, stopOn: ["BusyError"] } },
  decided: {
    retry: {
      ...quick,
      decide: (attempt: number, thrown: unknown) => {
        asked.push([attempt, (thrown as Error).message]);
        return attempt < 3 ? 5 : ("stop" as const);
      },
    },
  },
  undecided: {
    retry: {
      ...quick,
      max: 2,
      decide: () => {
        throw new Error("no idea");
      },
    },
  },
  brief: { retry: { ...quick, base: "60ms", max: 50, maxDuration: "250ms" } },
  person: { retry: { ...quick, max: 2 }, onExhausted: "pause" },
} as const;

const functions = [
  createFunction({
    id: "tries",
    trigger: { event: "try" },
    handler: async ({ event, step }) => {
      await step.run("before", () => 1);
      return step.run("work", body, options[event.data as keyof typeof options]);
    },
  }),
  createFunction({
    id: "whole",
    trigger: { event: "try.whole" },
    retry: { ...quick, max: 2 },
    onExhausted: "pause",
    handler: async ({ step }) => {
      await step.run("before", () => 1);
      return body({ attempt: 0, idempotencyKey: "" });
    },
  }),
  createFunction({
    id: "whole-decided",
    trigger: { event: "try.decided" },
    retry: options.decided.retry,
    handler: () => body({ attempt: 0, idempotencyKey: "" }),
  }),
  createFunction({
    id: "naps",
    trigger: { event: "nap" },
    handler: async ({ step }) => {
      await step.sleep("nap", "300ms");
      return step.run("work", body);
    },
  }),
  createFunction({
    id: "changes",
    trigger: { event: "change" },
    handler: async ({ step }) => {
      if (isOldCode) await step.sleep("which", 200);
      else await step.run("which", () => 1);
      return step.run("work", body);
    },
  }),
];

const { engine, app } = engineWithApp("shop", functions);

beforeEach(() => {
  failing = 0;
  error = () => new Error("broken");
  calls = [];
  asked = [];
});

async function tried(
  policy: keyof typeof options,
  times: number,
  thrown: typeof error = () => new Error("broken"),
) {
  failing = times;
  error = thrown;
  return app.ended(await app.start("try", policy));
}

function becomes(id: string, status: string) {
  return expect.poll(async () => (await app.show(id)).status).toBe(status);
}

describe("a policy", () => {
  test("with a table tries once more than it has delays", async () => {
    expect(await tried("table", 3)).toMatchObject({ status: "completed", output: "done" });
    expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    calls = [];
    expect(await tried("table", 9)).toMatchObject({ status: "failed" });
    expect(calls.length).toBe(4);
  });

  test("tries again only what retryOn names, and never what stopOn names", async () => {
    expect(await tried("listed", 1)).toMatchObject({ status: "failed" });
    expect(await tried("listed", 1, () => new BusyError("busy"))).toMatchObject({ status: "completed" });
    expect(await tried("stopped", 1)).toMatchObject({ status: "completed" });
    expect(await tried("stopped", 1, () => new BusyError("busy"))).toMatchObject({ status: "failed" });
  });

  test("of the user's own is asked with the attempt and the error, and may stop", async () => {
    expect(await tried("decided", 9)).toMatchObject({ status: "failed", failure: { message: "broken" } });
    expect(asked).toEqual([
      [1, "broken"],
      [2, "broken"],
      [3, "broken"],
    ]);
  });

  test("of the user's own that cannot decide leaves it to the declared delays, and says so", async () => {
    const run = await tried("undecided", 9);
    expect(run).toMatchObject({ status: "failed" });
    expect(run.failure.message).toBe("broken (retry.decide gave no answer: no idea)");
    expect(calls.length).toBe(2);
  });

  test("of the user's own decides for the function itself as well", async () => {
    failing = 9;
    expect(await app.ended(await app.start("try.decided"))).toMatchObject({ status: "failed" });
    expect(asked.map(([attempt]) => attempt)).toEqual([1, 2, 3]);
  });

  test("begins no attempt later than its longest duration", async () => {
    expect(await tried("brief", 50)).toMatchObject({ status: "failed" });
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.length).toBeLessThan(6);
  });
});

describe("a run that needs a person", () => {
  test("pauses after a step's last attempt, and a resume gives it as many again", async () => {
    failing = 5;
    const id = await app.start("try", "person");
    await becomes(id, "paused");
    const paused = await app.show(id);
    expect(paused.why).toMatch(/step "work" failed in all of its 2 attempts.*Error: broken.*resume/);
    expect(paused.steps.find((step: { name: string }) => step.name === "work").status).toBe("retrying");
    await app.act(id, "resume");
    await becomes(id, "paused");
    expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    failing = 0;
    await app.act(id, "resume");
    expect(await app.ended(id)).toMatchObject({ status: "completed", output: "done" });
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
  });

  test("does not pause for an error that is final by itself", async () => {
    expect(await tried("person", 1, () => new NonRetriableError("no"))).toMatchObject({ status: "failed" });
  });

  test("pauses after the function's last attempt, too", async () => {
    failing = 2;
    const id = await app.start("try.whole");
    await becomes(id, "paused");
    expect((await app.show(id)).why).toMatch(/the function failed in all of its 2 attempts/);
    await app.act(id, "resume");
    expect(await app.ended(id)).toMatchObject({ status: "completed", output: "done" });
  });

  test("pauses where code and journal disagree, and goes on when the code is mended", async () => {
    const id = await app.start("change");
    await becomes(id, "waiting");
    isOldCode = false;
    await becomes(id, "paused");
    const { why } = await app.show(id);
    expect(why).toContain('"which"');
    isOldCode = true;
    await app.act(id, "resume", { reason: "deployed the old path" });
    expect(await app.ended(id)).toMatchObject({ status: "completed", output: "done" });
  });
});

describe("pause and resume", () => {
  test("a run that sleeps stands still, also when its time has come, until it is resumed", async () => {
    const id = await app.start("nap");
    await becomes(id, "waiting");
    expect((await app.act(id, "pause", { reason: "stop it" })).json).toEqual({ id, status: "paused" });
    expect((await app.act(id, "pause")).json).toEqual({ id, status: "paused" });
    await expect.poll(async () => (await app.show(id)).steps[0].status).toBe("ok");
    const paused = await app.show(id);
    expect(paused).toMatchObject({ status: "paused" });
    expect(paused.why).toContain("stop it");
    expect(calls).toEqual([]);
    expect((await app.act(id, "resume")).json).toEqual({ id, status: "queued" });
    expect(await app.ended(id)).toMatchObject({ status: "completed", output: "done" });
    const audit = await engine.database.sql`
      select action, actor, detail from durable.audit where target = ${id} order by id`;
    expect(audit.map(({ action, detail }) => [action, detail])).toEqual([
      ["run.pause", "stop it"],
      ["run.resume", null],
    ]);
  });

  test("says what cannot be resumed, and why", async () => {
    const id = await app.start("nap");
    const early = await app.act(id, "resume");
    expect([early.status, early.json.code]).toEqual([409, "run-not-paused"]);
    await app.ended(id);
    for (const action of ["pause", "resume"] as const) {
      const late = await app.act(id, action);
      expect([late.status, late.json.code]).toEqual([409, "run-terminal"]);
    }
    const unknown = "018f0000-0000-7000-8000-000000000000";
    expect((await app.act(unknown, "resume")).status).toBe(404);
  });

  test("a run whose app is called pauses when that is recorded: nothing is done twice", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    error = () => new Error("never");
    const slow = createFunction({
      id: "slow",
      trigger: { event: "slow" },
      handler: async ({ step }) => {
        await step.run("hold", async () => {
          calls.push({ attempt: 1, key: "hold" });
          await held;
        });
        return step.run("work", body);
      },
    });
    const other = await startSdkApp(engine, "slow", [slow]);
    const id = await other.start("slow");
    await expect.poll(() => calls.length).toBe(1);
    expect((await other.act(id, "pause")).json).toEqual({ id, status: "pausing" });
    expect((await other.show(id)).why).toMatch(/It pauses as soon as that call is recorded\.$/);
    release();
    await expect.poll(async () => (await other.show(id)).status).toBe("paused");
    expect((await other.show(id)).steps).toMatchObject([{ name: "hold", status: "ok" }]);
    await other.act(id, "resume");
    expect(await other.ended(id)).toMatchObject({ status: "completed" });
    expect(calls.filter(({ key }) => key === "hold").length).toBe(1);
    await other.stop();
  });

  test("one whose call brings its end has ended: there is nothing left to pause", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isBegun = false;
    const ending = createFunction({
      id: "ending",
      trigger: { event: "ending" },
      handler: async () => {
        isBegun = true;
        await held;
        return "done";
      },
    });
    const other = await startSdkApp(engine, "ending", [ending]);
    const id = await other.start("ending");
    await expect.poll(() => isBegun).toBe(true);
    expect((await other.act(id, "pause")).json).toEqual({ id, status: "pausing" });
    release();
    expect(await other.ended(id)).toMatchObject({ status: "completed", output: "done", failure: null });
    expect((await other.act(id, "resume")).json.detail).toMatch(/completed/);
    await other.stop();
  });
});
