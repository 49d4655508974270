// A booking of six steps fails, and the engine that undoes it is killed with -9 around every compensation: in the middle
// of its body, so that its result is lost, or when it was just recorded. Each effect is undone once, by its key.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createFunction, NonRetriableError } from "@durable/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { createDatabase } from "../support/postgres.ts";
import type { ApiAnswer } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const PROGRAM = fileURLToPath(new URL("engine-process.ts", import.meta.url));
const STEPS = ["flight", "hotel", "car", "seat", "meal", "tour"];

let database: Awaited<ReturnType<typeof createDatabase>>;
/** With the ports of their doors. */
const engines = new Map<ChildProcess, string>();

async function startProcess(): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, database.url], { stdio: ["ignore", "pipe", "inherit"] });
  child.once("exit", () => engines.delete(child));
  const gone = once(child, "exit").then(() => Promise.reject(new Error("the engine did not start")));
  gone.catch(() => {});
  const [port] = await Promise.race([once(child.stdout!, "data"), gone]);
  engines.set(child, String(port).trim());
}

/** Kills the engine that holds the run, as a power cut would, and starts another one. */
async function killHolder(run: string): Promise<void> {
  const [row] = await database.sql`
    select e.pid from durable.live_runs l join durable.engines e on e.id = l.engine_id where l.run_id = ${run}`;
  const holder = [...engines.keys()].find(({ pid }) => pid === row?.["pid"]);
  if (holder === undefined) return;
  const gone = once(holder, "exit");
  holder.kill("SIGKILL");
  await gone;
  kills += 1;
  await startProcess();
}

/** Through the door of any engine that is up. */
async function call(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  const [port] = engines.values();
  const headers = { "content-type": "application/json" };
  const request = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const {
    status,
    headers: answered,
    text,
  } = await fetch(`http://127.0.0.1:${port}${path}`, request).then(async (response) => ({
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  }));
  return { status, headers: answered, text, json: JSON.parse(text) };
}

let kills = 0;
/** By idempotency key: what was undone, and how often its body was called. */
let ledger: Map<string, { name: string; calls: number }>;
let run = "";
let isKnown: Promise<unknown> = Promise.resolve();

const booking = createFunction({
  id: "booking",
  trigger: { event: "trip.booked" },
  retry: { max: 3, backoff: "constant", base: 10 },
  async handler({ step }) {
    for (const name of STEPS) {
      await step.run(name, () => ({ id: `${name}-1` }), {
        async compensate(result, { idempotencyKey }) {
          expect(result).toEqual({ id: `${name}-1` });
          const undone = ledger.get(idempotencyKey);
          if (undone !== undefined) undone.calls += 1;
          else {
            ledger.set(idempotencyKey, { name, calls: 1 });
            // Every other one is killed with its answer still on the way.
            if (STEPS.indexOf(name) % 2 === 0) await killHolder(run);
          }
        },
      });
    }
    await step.run("pay", async () => {
      await isKnown;
      throw new NonRetriableError("declined");
    });
  },
});

beforeEach(async () => {
  database = await createDatabase();
  ledger = new Map();
});

afterEach(async () => {
  for (const child of engines.keys()) child.kill("SIGKILL");
  await database.drop();
});

test("six steps are undone once each, with the engine killed around every compensation", async () => {
  await Promise.all([startProcess(), startProcess()]);
  const app = await startSdkApp({ call }, "trips", [booking]);
  const started = app.start("trip.booked");
  isKnown = started;
  run = await started;
  for (let undone = 1; undone < STEPS.length; undone += 1) {
    await expect
      .poll(
        async () => {
          const [row] = await database.sql`
            select count(*)::int as undone, bool_or(r.status is not null) as ended from durable.runs r
            left join durable.compensations c on c.run_id = r.id and c.undone where r.id = ${run} group by r.id`;
          return row?.["undone"] >= undone || row?.["ended"];
        },
        { timeout: 20_000, interval: 5 },
      )
      .toBe(true);
    await killHolder(run);
  }
  const status = () => database.sql`select status from durable.runs where id = ${run}`;
  await expect.poll(async () => (await status())[0]?.["status"]).toBe("failed");
  const ended = await app.show(run);
  expect(ended).toMatchObject({ status: "failed", compensated: 6, failure: { message: "declined" } });
  expect([...ledger.values()].map(({ name }) => name)).toEqual([...STEPS].reverse());
  expect(kills).toBeGreaterThan(3);
  // Leases were lost in the middle of it. A body that was still running was joined, one that was not ran again: with the
  // key that says that it was done already.
  const [lost] = await database.sql`
    select count(*)::int as count from durable.attempts where run_id = ${run} and outcome = 'lost'`;
  expect(lost!["count"]).toBeGreaterThan(0);
  const undoing = ended.steps.filter((step: { op: string }) => step.op === "compensate");
  expect(undoing.map((step: { name: string; status: string }) => `${step.name} ${step.status}`)).toEqual(
    [...STEPS].reverse().map((name) => `${name} ok`),
  );
  await expectInvariants(database);
  await app.stop();
});
