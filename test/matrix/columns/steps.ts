// One run through every kind of step, on a real engine.

import { deepEqual, equal } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
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
  called: { from: "the tour" },
  parallel: { a: 1, b: 2 },
  race: "fast",
  each: [10, 20, 30],
  large: 100_000,
  many: 7_140,
};

/** @returns how many entries its trace has, and how long it took. */
export async function runEveryStep(engine: MatrixEngine): Promise<{ entries: number; ms: number }> {
  const startedAtMs = performance.now();
  // What the engine is asked to call answers what it is given. Its own port it would not call.
  const callee = createServer((request, response) => void request.pipe(response));
  await once(callee.listen(0, "127.0.0.1"), "listening");
  const { port } = callee.address() as AddressInfo;
  const id = await send(engine, "tour.asked", { callee: `http://127.0.0.1:${port}/` });
  const run = await show(engine, id, WAIT_S);
  const ms = Math.round(performance.now() - startedAtMs);
  callee.close();
  callee.closeAllConnections();
  equal(run.status, "completed", `${run.why} ${JSON.stringify(run.failure ?? "")}`);
  deepEqual(run.output, EXPECTED);
  deepEqual(run.state, { at: "branch" });
  const durable = new Durable({ app: APP, url: engine.url, secret: DEV_SECRET });
  equal(await durable.query(id, "far"), "asked");
  equal(await durable.call("child", { number: 4 }), 8);
  return { entries: run.steps.length, ms };
}
