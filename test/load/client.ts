// The load generator, a process of its own: a closed loop of `concurrency` workers, each starts its next run when
// its last one has ended. Started by measure.ts, which speaks with it in jobs.ts.

import { setTimeout as sleep } from "node:timers/promises";
import { Agent } from "undici";
import { DRIVERS, type Driver } from "./drivers.ts";
import type { Count, Job, Report } from "./jobs.ts";
import { type Span, seeded, stepsWithin } from "./stats.ts";

const MOST_CONNECTIONS = 512;
/** A request that takes longer than this is a failure of the system, not a slow run. */
const LONGEST_RUN_MS = 300_000;

const dispatcher = new Agent({
  connections: MOST_CONNECTIONS,
  pipelining: 1,
  headersTimeout: LONGEST_RUN_MS,
  bodyTimeout: LONGEST_RUN_MS,
});

// Between two jobs nothing but this channel keeps the process alive.
process.channel?.ref();
process.on("message", async (job: Job) => {
  try {
    tell({ kind: "counted", count: await doJob(job) });
  } catch (error) {
    tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});

process.send!("ready");

function tell(report: Report): void {
  process.send!(report);
}

function doJob(job: Job): Promise<Count> {
  const driver = DRIVERS[job.target.system](job.target, dispatcher);
  const { cell } = job;
  switch (cell.kind) {
    case "runs": {
      const random = seeded(job.seed);
      return loop(job, cell.concurrency, cell.steps, async (first) => {
        // Workers that start together would end together for ever; first runs of all lengths spread them out.
        const steps = first && cell.concurrency > 1 ? 1 + Math.floor(random() * cell.steps) : cell.steps;
        await driver.run(steps);
        return steps;
      });
    }
    case "ingest": {
      let next = 0;
      return loop(job, cell.concurrency, cell.batch, async () => {
        const keys = Array.from({ length: cell.batch }, () => next++);
        await sender(driver)(keys);
        return cell.batch;
      });
    }
    case "latency":
      return trickle(job, sender(driver), cell.events, cell.everyMs);
  }
}

async function loop(
  job: Job,
  concurrency: number,
  whole: number,
  once: (first: boolean) => Promise<number>,
): Promise<Count> {
  const opensMs = performance.now() + job.leadMs;
  const closesMs = opensMs + job.windowMs;
  const spans: Span[] = [];
  let broken = false;
  const edges = Promise.all([
    sleep(job.leadMs).then(() => tell({ kind: "opened" })),
    sleep(job.leadMs + job.windowMs).then(() => tell({ kind: "closed" })),
  ]);
  const worker = async () => {
    for (let first = true; performance.now() < closesMs && !broken; first = false) {
      const startedMs = performance.now();
      const steps = await once(first);
      spans.push({ startedMs, endedMs: performance.now(), steps });
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, worker));
  } finally {
    broken = true;
  }
  await edges;
  const inside = spans.filter((span) => span.endedMs > opensMs && span.startedMs < closesMs);
  return {
    steps: stepsWithin(inside, opensMs, closesMs),
    windowMs: job.windowMs,
    allSteps: spans.reduce((sum, span) => sum + span.steps, 0),
    latenciesMs: inside.filter((span) => span.steps === whole).map((span) => span.endedMs - span.startedMs),
  };
}

/** One event at a time on an idle system, at irregular intervals so that no period of its own is met every time. */
async function trickle(
  job: Job,
  send: (keys: readonly number[]) => Promise<void>,
  events: number,
  everyMs: number,
): Promise<Count> {
  const random = seeded(job.seed);
  const acknowledgedNs: string[] = [];
  await sleep(job.leadMs);
  tell({ kind: "opened" });
  const startedMs = performance.now();
  for (let key = 0; key < events; key += 1) {
    await send([key]);
    acknowledgedNs.push(String(process.hrtime.bigint()));
    await sleep(everyMs * (0.5 + random()));
  }
  tell({ kind: "closed" });
  const windowMs = performance.now() - startedMs;
  return { steps: events, allSteps: events, windowMs, latenciesMs: [], acknowledgedNs };
}

function sender(driver: Driver): (keys: readonly number[]) => Promise<void> {
  if (driver.send === undefined) throw new Error("This system has no door for events.");
  return driver.send;
}
