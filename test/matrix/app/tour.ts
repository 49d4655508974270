// Every kind of step once, on whatever runtime this is. What somebody else would do it does itself: it sends what it waits
// for, completes its own token and answers its own questions, so the way back to the engine is tried too.

import { createFunction, Durable, NonRetriableError, RetryAfterError } from "@durable/sdk";
import { APP } from "./app-name.ts";

const durable = new Durable({ app: APP });

export const child = createFunction({
  id: "child",
  handler: ({ event, step }) => step.run("double", () => event.data.number * 2),
});

/** Fails, and says when what it had done was undone. */
export const undone = createFunction({
  id: "undone",
  handler: async ({ event, step }) => {
    await step.run("book", () => "booked", {
      compensate: async (booking) => {
        await durable.send({ name: "tour.undone", data: { key: event.data.key, booking } });
      },
    });
    await step.run("pay", () => {
      throw new NonRetriableError("no money");
    });
  },
});

/** The people whom the tour asks. */
export const people = createFunction({
  id: "people",
  trigger: { event: "durable.input.requested" },
  handler: ({ event, step }) =>
    step.run("answer", async () => {
      const { id, title } = event.data;
      if (title === "yes or no?") await durable.approve(id, { by: "ann" });
      else await durable.answer(id, { amount: 5 }, { by: "ann" });
    }),
});

/** How large a value is that travels beside a request and not in it. */
const LARGE_CHARACTERS = 100_000;
/** With these a memo is long enough for results to be reported while the handler goes on. */
const MANY = 120;

export const tour = createFunction({
  id: "tour",
  trigger: { event: "tour.asked" },
  handler: async ({ event, step, run }): Promise<Record<string, unknown>> => {
    const key = run.id;
    const match = { key };
    step.onQuery("far", () => "asked");

    const text = await step.run("run", async ({ log, heartbeat }) => {
      log("at work", { of: "tour" });
      await heartbeat(0.5, "half");
      return "Grüße, 世界 \u{1f600}";
    });
    const attempts = await step.run("retried", ({ attempt }) => {
      if (attempt === 1) throw new RetryAfterError("busy", "20ms");
      return attempt;
    });
    const caught = await step
      .run("failing", () => {
        throw new NonRetriableError("never again");
      })
      .catch((error: Error) => `${error.name}: ${error.message}`);
    const [left, right] = await Promise.all([
      step.run("side", () => "left"),
      step.run("side", () => "right"),
    ]);

    const sleptFrom = await step.run("clock", () => Date.now());
    await step.sleep("sleep", "300ms");
    const awake = await step.run("clock", () => Date.now());
    await step.sleepUntil("sleep until", new Date(awake + 300));
    const awakeAgain = await step.run("clock", () => Date.now());

    await step.sendEvent(
      "send",
      ["one", "any", "left", "right"].map((name) => ({ name: `tour.${name}`, data: { key, name } })),
    );
    const one = await step.waitForEvent("wait", { event: "tour.one", match, timeout: "1m" });
    const any = await step.waitForAny(
      "any",
      { never: { event: "tour.never", match }, any: { event: "tour.any", match } },
      { timeout: "1m" },
    );
    const all = await step.waitForAll(
      "all",
      [
        { event: "tour.left", match },
        { event: "tour.right", match },
      ],
      { timeout: "1m" },
    );
    const nothing = await step.waitForEvent("in vain", { event: "tour.never", match, timeout: "50ms" });

    await step.run("give the signal", async () => void (await durable.signal(`tour/${key}`, { loud: true })));
    const signal = await step.waitForSignal("signal", { key: `tour/${key}`, timeout: "1m" });
    const { token, url } = step.createToken("token");
    await step.run("complete the token", async () => {
      const { status } = await fetch(url, { method: "POST", body: '{"completed":true}' });
      return status;
    });
    const completed = await step.waitForSignal("token", { token, timeout: "1m" });

    const approval = await step.waitForApproval("approval", { title: "yes or no?", timeout: "1m" });
    const input = await step.waitForInput("input", { title: "how much?", timeout: "1m" });

    const doubled = await step.invoke("invoke", child, { input: { number: 21 } });
    const spawned = await step.spawn("spawn", child, { input: { number: 1 } });
    const failure = await step
      .invoke("undone", undone, { input: { key } })
      .catch((error: Error) => error.message);
    const undoing = await step.waitForEvent("undoing", { event: "tour.undone", match, timeout: "1m" });

    const way = await step.branch("branch", { no: false, yes: () => true });
    step.setState({ at: "branch" });
    const called = await step.fetch("fetch", { url: event.data.callee, body: { from: "the tour" } });
    const parallel = await step.parallel({
      a: (branch) => branch.run("work", () => 1),
      b: async (branch) => {
        await branch.sleep("rest", 1);
        return branch.run("work", () => 2);
      },
    });
    const race = await step.race({
      fast: (branch) => branch.run("fast", () => "won"),
      slow: (branch) => branch.sleep("slow", "1h"),
    });
    const each = await step.forEach([1, 2, 3], (item, _, own) => own.run("each", () => item * 10), {
      concurrency: 2,
    });
    const large = await step.run("large", () => "ü".repeat(LARGE_CHARACTERS));
    let many = 0;
    for (let at = 0; at < MANY; at += 1) many += await step.run("many", () => at);

    return {
      ...{ text, attempts, caught, sides: [left, right] },
      ...{ sleptEnough: awake - sleptFrom >= 300 && awakeAgain - awake >= 300 },
      ...{ one: one?.data.name, any: any?.key, all: all?.map(({ data }) => data.name), nothing },
      ...{ signal, completed, approved: [approval?.approved, approval?.by], input: input?.value },
      ...{ doubled, spawned: typeof spawned, failure, undone: undoing?.data.booking },
      ...{
        way,
        called: JSON.parse(called.body),
        parallel,
        race: race.branch,
        each,
        large: large.length,
        many,
      },
    };
  },
});
