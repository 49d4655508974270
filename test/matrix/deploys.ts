// A run that begins on one runtime, sleeps through a deploy, and goes on on another.

import { deepEqual, equal, match } from "node:assert/strict";
import { waitFor } from "../support/wait.ts";
import type { Host } from "./host.ts";
import { type MatrixEngine, send, show, sync } from "./matrix-engine.ts";
import { whileHostRuns } from "./running-host.ts";

export interface Side {
  readonly host: Host;
  readonly folder: string;
}

export interface Move {
  /** What each says it is: "node 24.21.0", "bun 1.4.5". */
  readonly from: string;
  readonly to: string;
}

/** Long enough that the first host is gone before it is over; the second is late by as much as it takes to start. */
const SLEEP_MS = 1_500;
const WAIT_S = 50;

/** Throws unless every step ran once, before the deploy on the one side and after it on the other. */
export async function moveBetween(engine: MatrixEngine, from: Side, to: Side): Promise<Move> {
  const run = await whileHostRuns(from.host, from.folder, engine.url, async (url) => {
    await sync(engine, url);
    const id = await send(engine, "move.asked", { sleepMs: SLEEP_MS });
    await waitFor("the run to sleep", async () => (await show(engine, id)).steps.length === 2);
    return id;
  });
  return whileHostRuns(to.host, to.folder, engine.url, async (url) => {
    await sync(engine, url);
    const ended = await show(engine, run, WAIT_S);
    equal(ended.status, "completed", ended.why);
    deepEqual(
      ended.steps.map(({ name, deployment, status }) => [name, deployment ?? null, status]),
      [
        ["before", from.host.name, "ok"],
        ["asleep", from.host.name, "ok"],
        ["after", to.host.name, "ok"],
        ["after", to.host.name, "ok"],
      ],
    );
    const [before, ...after] = ended.output as string[];
    match(before!, /^\w+/);
    equal(after[0], after[1]);
    return { from: before!, to: after[0]! };
  });
}
