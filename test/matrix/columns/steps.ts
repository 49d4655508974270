// One run through every kind of step, on a real engine.

import { deepEqual, equal } from "node:assert/strict";
import { DEV_SECRET } from "@durable/protocol/wire";
import { Durable } from "@durable/sdk";
import { APP } from "../app/app-name.ts";
import { type MatrixEngine, send, show } from "../matrix-engine.ts";

const WAIT_S = 50;

const EXPECTED = {
  text: "Grüße, 世界 \u{1f600}",
  attempts: 2,
  caught: "NonRetriableError: never again",
  sides: ["left", "right"],
  sleptEnough: true,
  one: "one",
  any: "any",
  all: ["left", "right"],
  nothing: null,
  signal: { loud: true },
  completed: { completed: true },
  approved: [true, "ann"],
  input: { amount: 5 },
  doubled: 42,
  spawned: "string",
  failure: "no money",
  undone: "booked",
  way: "yes",
  health: 200,
  parallel: { a: 1, b: 2 },
  race: "fast",
  each: [10, 20, 30],
  large: 100_000,
  many: 7_140,
};

/** @returns how many entries its trace has, and how long it took. */
export async function runEveryStep(engine: MatrixEngine): Promise<{ entries: number; ms: number }> {
  const startedAtMs = performance.now();
  const id = await send(engine, "tour.asked", { engine: engine.url });
  const run = await show(engine, id, WAIT_S);
  const ms = Math.round(performance.now() - startedAtMs);
  equal(run.status, "completed", `${run.why} ${JSON.stringify(run.failure ?? "")}`);
  deepEqual(run.output, EXPECTED);
  deepEqual(run.state, { at: "branch" });
  const durable = new Durable({ app: APP, url: engine.url, secret: DEV_SECRET });
  equal(await durable.query(id, "how far"), "asked");
  equal(await durable.call("child", { number: 4 }), 8);
  return { entries: run.steps.length, ms };
}
