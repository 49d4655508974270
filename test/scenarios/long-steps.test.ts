// Steps that take longer than their request may: those that say that they live are waited for.
import { setTimeout as sleep } from "node:timers/promises";
import { createFunction, type StepBodyContext } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const MAX_MS = 1_200;
/** With what the engine adds for the way. */
const PATIENCE_MS = MAX_MS + 5_000;

let engine: Awaited<ReturnType<typeof startEngine>>;
/** Holds no lease: it only takes what the app says. */
let other: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
const calls: Record<string, number> = {};

async function work(kind: string, { heartbeat, signal }: StepBodyContext): Promise<string> {
  calls[kind] = (calls[kind] ?? 0) + 1;
  const untilMs = performance.now() + 3 * PATIENCE_MS;
  while (performance.now() < untilMs && calls[kind] === 1) {
    if (kind !== "silent") await heartbeat({ call: calls[kind] });
    await sleep(100, undefined, { signal });
  }
  return `${kind} ${calls[kind]}`;
}

const inline = createFunction({
  id: "inline",
  trigger: { event: "inline" },
  handler: ({ step }) => step.run("work", (context) => work("inline", context)),
});
const planned = createFunction({
  id: "planned",
  trigger: { event: "planned" },
  handler: ({ step }) =>
    step.parallel([(branch) => branch.run("work", (context) => work("planned", context))], { fanOut: true }),
});
const watched = createFunction({
  id: "watched",
  trigger: { event: "watched" },
  handler: ({ step }) => step.run("work", (context) => work("watched", context), { heartbeatTimeout: "5s" }),
});
const silent = createFunction({
  id: "silent",
  trigger: { event: "silent" },
  handler: ({ step }) => step.run("work", (context) => work("silent", context)),
});

beforeAll(async () => {
  engine = await startEngine();
  other = await startEngine({ database: { options: engine.database.address }, slots: 0 });
  process.env["DURABLE_URL"] = other.url;
  const functions = [inline, planned, watched, silent];
  app = await startSdkApp(engine, "shop", functions, serve({ app: "shop", functions, maxDuration: MAX_MS }));
});

afterAll(async () => {
  delete process.env["DURABLE_URL"];
  await app.stop();
  await other.stop();
  await engine.stop();
});

test("upstash #198: a step that lives three times as long as its request may take is neither failed nor run twice, and its result counts", {
  timeout: 90_000,
}, async () => {
  const runs = await Promise.all(["inline", "planned", "watched", "silent"].map((kind) => app.start(kind)));
  const ends = await Promise.all(
    runs.map((run) =>
      waitFor("the end", () => app.ended(run).then((end) => end.status !== "running" && end), {
        timeoutMs: 60_000,
      }),
    ),
  );
  expect(ends.map(({ status, output }) => [status, output])).toEqual([
    ["completed", "inline 1"],
    ["completed", ["planned 1"]],
    // It may be silent for 5 s.
    ["completed", "watched 1"],
    // What says nothing is cut, as ever.
    ["completed", "silent 2"],
  ]);
  expect(calls).toEqual({ inline: 1, planned: 1, watched: 1, silent: 2 });
  const outcomes = ends.map((end) => end.attempts.map(({ outcome }: { outcome: string }) => outcome));
  expect(outcomes).toEqual([[], [], [], ["transport"]]);
  await expectInvariants(engine.database);
});
