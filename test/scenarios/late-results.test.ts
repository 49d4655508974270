// What code brings when nobody waits for it any more: kept and shown, and nothing follows from it.
import { createFunction, type StepBodyContext } from "@durable/sdk";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { fromRun } from "../../engine/src/cli/run-view/from-run.ts";
import { renderRun } from "../../engine/src/cli/run-view/render-run.ts";
import { PLAIN } from "../../engine/src/cli/terminal/paint.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;

/** What the step does, by its attempt; it does not look at its signal. */
let body: (context: StepBodyContext) => Promise<unknown>;

const quick = { max: 2, backoff: "constant", base: 1 } as const;
const pays = createFunction({
  id: "pays",
  trigger: { event: "pay" },
  handler: ({ event, step }) =>
    step
      .run("charge", (context) => body(context) as Promise<never>, { retry: quick, ...event.data })
      .catch(({ name }: Error) => name),
});
const races = createFunction({
  id: "races",
  trigger: { event: "race" },
  handler: async ({ step }) => {
    const won = await step.race({
      other: (s) => s.run("other", () => "other"),
      charge: (s) => s.run("charge", (context) => body(context) as Promise<never>),
    });
    await step.sleep("rest", 10);
    return won.value;
  },
});

beforeAll(async () => {
  engine = await startEngine();
  process.env["DURABLE_URL"] = engine.url;
  app = await startSdkApp(engine, "shop", [pays, races]);
});

afterEach(() => expectInvariants(engine.database));

afterAll(async () => {
  delete process.env["DURABLE_URL"];
  await app.stop();
  await engine.stop();
});

/** A body whose first attempt ends when it is told to; those after it at once. */
function held(end: () => unknown) {
  let begun = () => {};
  let release = () => {};
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const mayEnd = new Promise<void>((resolve) => {
    release = resolve;
  });
  body = async ({ attempt }) => {
    if (attempt > 1) return "second";
    begun();
    await mayEnd;
    return end();
  };
  return { isBegun, release };
}

interface Shown {
  readonly outcome: string;
  readonly attempt: number;
  readonly name: string | null;
  readonly value: unknown;
  readonly failure: { readonly name: string; readonly message: string } | null;
}

async function lateOf(run: string): Promise<Shown[]> {
  const { steps, attempts } = await app.show(run);
  const all: Shown[] = [...steps.flatMap((step: { attempts: Shown[] }) => step.attempts), ...attempts];
  return all.filter(({ outcome, name }) => outcome === "late" && name !== null);
}

async function expectLate(run: string, late: object) {
  await expect.poll(() => lateOf(run), { timeout: 10_000 }).toMatchObject([{ name: "charge", ...late }]);
}

test("of an attempt whose timeout was over: the next attempt's result stands, and the first one's is shown", async () => {
  const charge = held(() => ({ charge: "ch_1" }));
  const run = await app.start("pay", { timeout: 50 });
  const end = await app.ended(run);
  expect([end.status, end.output]).toEqual(["completed", "second"]);
  charge.release();
  await expectLate(run, { attempt: 1, value: { charge: "ch_1" }, failure: null });
  const shown = await app.show(run);
  expect(shown.steps[0].attempts.map(({ attempt, outcome }: Shown) => `${attempt} ${outcome}`)).toEqual([
    "1 failed",
    "2 ok",
    "1 late",
  ]);
  expect([shown.status, shown.output, shown.steps[0].value]).toEqual(["completed", "second", "second"]);
  const drawn = renderRun(fromRun(shown), { nowMs: 0, paint: PLAIN, spinner: "*", width: 200 });
  expect(drawn).toContain(
    '│  ! too late: charge, attempt 1, returned {"charge":"ch_1"}; nobody waited for it any more',
  );
});

test("of an attempt that was silent, also what it throws", async () => {
  const charge = held(() => {
    throw new RangeError("card expired");
  });
  const run = await app.start("pay", { heartbeatTimeout: 100 });
  expect((await app.ended(run)).output).toBe("second");
  charge.release();
  await expectLate(run, {
    attempt: 1,
    value: null,
    failure: { name: "RangeError", message: "card expired" },
  });
});

test("that code gives up because its time is over is not worth a word", async () => {
  body = ({ attempt, signal }) =>
    attempt > 1
      ? Promise.resolve("second")
      : new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));
  const run = await app.start("pay", { timeout: 50 });
  expect((await app.ended(run)).output).toBe("second");
  const other = held(() => "other");
  const next = await app.start("pay", { timeout: 50 });
  await app.ended(next);
  other.release();
  await expectLate(next, { value: "other" });
  expect(await lateOf(run)).toEqual([]);
});

test("of the loser of a race", async () => {
  const charge = held(() => "ch_2");
  const run = await app.start("race");
  expect((await app.ended(run)).output).toBe("other");
  charge.release();
  await expectLate(run, { attempt: 1, value: "ch_2", failure: null });
});

test("of a run that was cancelled while its step ran, which has no entry", async () => {
  const charge = held(() => "ch_3");
  const run = await app.start("pay");
  await charge.isBegun;
  // Whoever hangs up on what has hardly begun is not heard.
  await new Promise((resolve) => setTimeout(resolve, 150));
  await app.act(run, "cancel");
  await app.ended(run);
  charge.release();
  await expectLate(run, { attempt: 1, value: "ch_3", failure: null });
  expect((await app.show(run)).steps).toEqual([]);
});
