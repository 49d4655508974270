// Only for `npm run bench:dashboard`: how long people wait, in a real browser on this machine, into test/load/DASHBOARD.md.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createFunction } from "@durable/sdk";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeMachine } from "../load/machine.ts";
import { median, percentile } from "../load/stats.ts";
import { figure, table } from "../load/table.ts";
import { startSdkApp } from "../scenarios/sdk-app.ts";
import { makeLongRun } from "../support/long-run.ts";
import { type Frames, framesWhile } from "./frames.ts";
import { openPage, type Stage, startStage } from "./stage.ts";

const RESULTS = fileURLToPath(new URL("../load/DASHBOARD.md", import.meta.url));
const STEPS = 14_000;
const LOG_LINES = 100_000;
const LOADS = 6;
/** Until all of a long run has been read: what the load before still asks for is not this one's. */
const WHOLE_MS = 8_000;
const EVENTS = 60;
const EVERY_MS = 150;
const BURST_S = 5;
const CHANGES_PER_S = 1_000;

const rows: (readonly [what: string, goal: string, measured: string])[] = [];
let stage: Stage;
let page: Page;
let long: Awaited<ReturnType<typeof makeLongRun>>;

const quick = createFunction({ id: "quick", trigger: { event: "quick" }, handler: () => null });
const later = createFunction({
  id: "later",
  trigger: { event: "later" },
  handler: ({ step }) => step.sleep("rest", "1h"),
});

beforeAll(async () => {
  stage = await startStage();
  await startSdkApp(stage.engine, "speed", [quick, later]);
  long = await makeLongRun(stage.engine.database, "long", "dev", STEPS);
  const { sql } = stage.engine.database;
  await sql`insert into durable.logs (workspace_id, run_id, step_id, attempt, no, level, message, at)
    select ${long.workspaceId}, ${long.runId}, md5((1 + n % ${STEPS}::int)::text)::uuid, 1, n, 'info', 'line ' || n || ' of what it says', now()
    from generate_series(1, ${LOG_LINES}::int) as n`;
  page = await openPage(stage.browser);
});
afterAll(async () => {
  await stage.stop();
  const { cpu, cores, os, node } = describeMachine();
  writeFileSync(
    RESULTS,
    `# How long people wait for the dashboard

Written by \`npm run bench:dashboard\` on ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC: ${cpu}, ${cores} cores for engine, database, app and a headless Chromium; ${os}; Node ${node}.

${table(["what", "goal", "measured"], rows)}
`,
  );
});

/** From going there to seeing it, several times. */
async function timeToSee(path: string, selector: string, restMs = 0): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < LOADS; n++) {
    const startedMs = performance.now();
    await page.goto(stage.engine.url + path);
    await page.locator(selector).first().waitFor();
    times.push(performance.now() - startedMs);
    await page.waitForTimeout(restMs);
  }
  return times;
}

function note(what: string, goal: string, measured: string): void {
  rows.push([what, goal, measured]);
  console.log(`${what}: ${measured} (goal ${goal})`);
}

const framesSaid = ({ longestMs, p99Ms, count, longestTaskMs }: Frames) =>
  `longest ${figure(longestMs)} ms, p99 ${figure(p99Ms)} ms of ${count}; the page's own code ${longestTaskMs === 0 ? "never 50 ms" : `up to ${figure(longestTaskMs)} ms`}`;

test("interactive, and the first rows of a run of 42,000 spans", async () => {
  const list = await timeToSee("/speed/dev/runs", "h1");
  note("list of runs, from the address to its head", "<= 500 ms", `${figure(median(list))} ms`);
  const first = await timeToSee(
    `/long/dev/runs/${long.runId}`,
    '[role="treegrid"] [role="row"] + [role="row"], [data-row="1"]',
    WHOLE_MS,
  );
  note("run of 42,000 spans, from the address to its first rows", "<= 500 ms", `${figure(median(first))} ms`);
});

test("scrolling through it", async () => {
  await page.locator('[role="treegrid"]').hover();
  const frames = await framesWhile(page, async () => {
    for (let n = 0; n < 100; n++) {
      await page.mouse.wheel(0, 900);
      await page.waitForTimeout(16);
    }
  });
  note("scrolling 42,000 spans, frames", "none over 50 ms", framesSaid(frames));
});

test("100,000 lines", async () => {
  await page.goto(`${stage.engine.url}/long/dev/runs/${long.runId}?tab=logs`);
  await page.getByText("line 1 of what it says").waitFor();
  const frames = await framesWhile(page, async () => {
    for (let n = 0; n < 100; n++) {
      await page.mouse.wheel(0, 900);
      await page.waitForTimeout(16);
    }
  });
  note("scrolling lines of a run that has 100,000, frames", "none over 50 ms", framesSaid(frames));
});

test("from an event to its row on the screen", async () => {
  await page.goto(`${stage.engine.url}/speed/dev/runs`);
  await page.getByText("Live", { exact: true }).waitFor();
  const times: number[] = [];
  for (let n = 0; n < EVENTS; n++) {
    const startedMs = performance.now();
    const sent = await stage.engine.call("POST", "/v1/events?app=speed", { name: "quick", data: n });
    const id: string = sent.json.runs[0].run;
    await page.locator(`tr[data-row="${id}"]`).waitFor({ state: "attached" });
    times.push(performance.now() - startedMs);
    await page.waitForTimeout(EVERY_MS);
  }
  note("event sent -> its run on the screen, p95", "<= 150 ms", `${figure(percentile(times, 0.95))} ms`);
  expect(times).toHaveLength(EVENTS);
});

test("a burst of changes", async () => {
  const before = await changes();
  const frames = await framesWhile(page, async () => {
    const until = performance.now() + BURST_S * 1_000;
    while (performance.now() < until) {
      const events = Array.from({ length: CHANGES_PER_S / 10 }, (_, n) => ({ name: "later", data: n }));
      await Promise.all([
        stage.engine.call("POST", "/v1/events?app=speed", events),
        new Promise((resolve) => setTimeout(resolve, 100)),
      ]);
    }
  });
  const perS = ((await changes()) - before) / BURST_S;
  note(
    `${figure(perS)} changes per second on the stream for ${BURST_S} s, frames`,
    "none over 50 ms",
    framesSaid(frames),
  );
});

async function changes(): Promise<number> {
  const [row] = await stage.engine.database.sql<
    { n: number }[]
  >`select count(*)::float8 as n from durable.changes`;
  return row!.n;
}
