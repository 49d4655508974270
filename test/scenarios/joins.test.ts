// step.parallel and step.race with the real SDK and a real engine.
import { setTimeout as sleep } from "node:timers/promises";
import { createFunction, type Step } from "@durable/sdk";
import { afterEach, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { engineWithApp } from "./engine-with-app.ts";

let program: (step: Step) => unknown = () => null;
const fn = createFunction({
  id: "joins",
  trigger: { event: "join" },
  retry: { max: 2, base: 1, backoff: "constant", jitter: false },
  handler: ({ step }) => program(step),
});

const { engine } = engineWithApp("joiner", [fn], { slots: 8 });

afterEach(() => expectInvariants(engine.database));

async function start(handler: (step: Step) => unknown): Promise<string> {
  program = handler;
  const sent = await engine.call("POST", "/v1/events?app=joiner", { name: "join", data: null });
  return `/v1/apps/joiner/dev/runs/${sent.json.runs[0].run}`;
}

async function end(path: string) {
  const { json } = await engine.call("GET", `${path}/result?wait=20`);
  const { steps } = (await engine.call("GET", path)).json as {
    steps: { name: string; op: string; status: string }[];
  };
  return { ...json, steps: steps.map(({ name, op, status }) => `${name} ${op} ${status}`).sort() };
}

/** Resolves when `count` bodies are inside at once. */
function meeting(count: number) {
  const inside: (() => void)[] = [];
  return () =>
    new Promise<void>((resolve) => {
      inside.push(resolve);
      if (inside.length === count) for (const go of inside) go();
    });
}

test("the steps of a race run beside each other, the first to end wins, and the loser is cancelled", async () => {
  const meet = meeting(2);
  let release: () => void = () => {};
  const stuck = new Promise<void>((resolve) => {
    release = resolve;
  });
  const path = await start(async (step) => {
    const won = await step.race({
      fast: (s) =>
        s.run("quick", async () => {
          await meet();
          return "quick";
        }),
      slow: (s) =>
        s.run("stuck", async () => {
          await meet();
          await stuck;
        }),
    });
    await step.run("after", () => 1);
    return won;
  });
  const { status, output, steps } = await end(path);
  expect([status, output]).toEqual(["completed", { branch: "fast", value: "quick" }]);
  expect(steps).toEqual(["after run ok", "quick run ok", "race join ok", "stuck run cancelled"]);
  release();
  const attemptsOfLoser = async () => {
    const { steps } = (await engine.call("GET", path)).json;
    const loser = steps.find((step: { name: string }) => step.name === "stuck");
    return loser.attempts.map((attempt: { outcome: string }) => attempt.outcome);
  };
  await expect.poll(attemptsOfLoser).toEqual(["late"]);
});

test("inngest #4897: beside a race and after it no body runs twice, in ten of ten runs", async () => {
  for (let n = 0; n < 10; n += 1) {
    const ran: string[] = [];
    const body = (name: string, ms: number) => async () => {
      ran.push(name);
      await sleep(ms);
      return name;
    };
    const path = await start(async (step) => {
      const won = await step.race({
        one: async (s) => s.run("b", body("b", 20)).then(() => s.run("c", body("c", 10))),
        other: (s) => s.run("a", body("a", 5)),
      });
      const rest = await Promise.all(["d", "e"].map((name) => step.run(name, body(name, 5))));
      return [won?.value, ...rest];
    });
    expect((await end(path)).output).toEqual(["a", "d", "e"]);
    expect(ran.filter((name) => name !== "c").sort()).toEqual(["a", "b", "d", "e"]);
    expect(ran.filter((name) => name === "c").length).toBeLessThan(2);
  }
});

test("a race of a step and a wait: the timer and the wait of the loser go", async () => {
  const path = await start((step) =>
    step.race([
      (s) => s.run("work", () => "done"),
      async (s) => {
        await s.waitForEvent("stop", { event: "never", timeout: "30d" });
        return "stopped";
      },
    ]),
  );
  const { status, output, steps } = await end(path);
  expect([status, output]).toEqual(["completed", "done"]);
  expect(steps).toContain("stop wait cancelled");
  const [left] = await engine.database.sql`
    select (select count(*)::int from durable.timers) as timers, (select count(*)::int from durable.waits) as waits`;
  expect(left).toEqual({ timers: 0, waits: 0 });
});

test("two of three succeed although one fails, and a quorum that cannot be reached fails at once with all errors", async () => {
  const broken = (s: Step) =>
    s.run("broken", () => {
      throw new RangeError("out of range");
    });
  const good = (name: string) => (s: Step) => s.run(name, () => name);
  const two = await end(await start((step) => step.parallel([broken, good("a"), good("b")], { join: 2 })));
  expect(two.status).toBe("completed");
  expect(two.output.sort()).toEqual(["a", "b"]);

  const none = await end(
    await start((step) =>
      step.parallel({ x: broken, y: broken, z: (s) => s.sleep("long", "1d") }, { join: 2, name: "quorum" }),
    ),
  );
  expect(none.status).toBe("failed");
  expect(none.failure).toMatchObject({
    name: "JoinError",
    message:
      'Join "quorum" wants 2 of 3 branches, and only 1 can still succeed. x: RangeError: out of range; y: RangeError: out of range',
  });
  expect(none.steps).toContain("long sleep cancelled");
});

test("fanned out, 20 branches of three steps each come to the same result as in one request", async () => {
  const branch = (name: string) => async (s: Step) => {
    let sum = 0;
    for (const add of [1, 2, 3]) sum += await s.run(`add ${add}`, () => add);
    return `${name}${sum}`;
  };
  const names = Array.from({ length: 20 }, (_, index) => `b${index}`);
  for (const fanOut of [false, true]) {
    const path = await start((step) => step.parallel(names.map(branch), { fanOut }));
    const { status, output, steps } = await end(path);
    expect([status, output]).toEqual(["completed", names.map((name) => `${name}6`)]);
    expect(steps).toHaveLength(60);
  }
});

test("Promise.all, Promise.race and Promise.any over plain steps just work", async () => {
  const path = await start(async (step) => {
    const all = await Promise.all([step.run("a", () => 1), step.run("b", () => 2)]);
    const race = await Promise.race([step.run("c", () => 3), step.sleep("nap", "1d").then(() => "late")]);
    const any = await Promise.any([
      step.run("d", () => {
        throw new Error("no");
      }),
      step.run("e", () => 5),
    ]);
    return [all, race, any];
  });
  const { status, output, steps } = await end(path);
  expect([status, output]).toEqual(["completed", [[1, 2], 3, 5]]);
  expect(steps).toContain("nap sleep cancelled");
});

test("an error of a planned step is caught in its branch, and joins nest", async () => {
  const path = await start((step) =>
    step.race({
      outer: async (s) => {
        const inner = await s.parallel({
          bad: (t) =>
            t
              .run("bad", () => {
                throw new TypeError("bad");
              })
              .catch((error: Error) => error.name),
          good: (t) => t.race([(u) => u.run("good", () => "good"), (u) => u.sleep("never", "1d")]),
        });
        return inner;
      },
      late: (s) => s.sleep("very late", "1d"),
    }),
  );
  const { status, output, steps } = await end(path);
  expect([status, output]).toEqual([
    "completed",
    { branch: "outer", value: { bad: "TypeError", good: "good" } },
  ]);
  expect(steps).toEqual([
    "bad run err",
    "good run ok",
    "never sleep cancelled",
    "race join ok",
    "race join ok",
    "very late sleep cancelled",
  ]);
});
