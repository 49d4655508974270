// `npm start`: an engine and a demo app, each a process of its own, one event, and the run it starts, live.

import { Demo } from "./demo.ts";
import { CTRL_C, CTRL_D, onKey } from "./keys.ts";
import { readOptions } from "./options.ts";
import { openApprovals } from "./show/run-tracker.ts";
import { approve, startLongRun, tellStory } from "./story.ts";
import { tryNext } from "./words.ts";

/** One Ctrl-C may arrive several times: from the terminal, from npm, from a process manager. */
const SAME_WISH_MS = 500;
const STOP_MS = 15_000;
/** For scripts: a story that takes this long has stopped somewhere. */
const STORY_MS = 120_000;

const startedAtMs = performance.now();
let releaseKeys = () => {};
let toldToStopAtMs: number | null = null;
let demo: Demo | null = null;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => void leave(demo?.options.exitWhenDone ? 1 : 0));

try {
  demo = new Demo(readOptions(process.argv.slice(2), process.env));
  await play(demo);
} catch (error) {
  await failWith(error);
}

async function play(demo: Demo): Promise<void> {
  const { bold, dim, cyan } = demo.scene.paint;
  demo.say(
    `${bold("Durable")} demo: an engine with an embedded Postgres, and a small shop that it calls.`,
    dim("Starting both ..."),
  );
  await demo.start();
  const { engine, app } = demo.parts;
  const tookS = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  demo.say(
    `  engine      process ${engine.pid}, data in ${demo.options.dataDir}`,
    `  demo app    process ${app.pid}, at ${demo.scene.app.url}`,
    `  dashboard   ${cyan(demo.scene.engineUrl)}`,
    dim(`Ready in ${tookS} s.`),
    "",
  );
  if (demo.hasKeys)
    releaseKeys = onKey((key) => void press(demo, key).catch((error: Error) => demo.say(error.message)));

  const storyAtMs = performance.now();
  const tooLate = setTimeout(() => void failWith(new Error(STUCK)), STORY_MS);
  if (!demo.options.exitWhenDone) clearTimeout(tooLate);
  const runs = await tellStory(demo);
  clearTimeout(tooLate);
  demo.show();
  const failed = runs.find(({ status }) => status !== "completed");
  if (failed !== undefined)
    throw new Error(`Run ${failed.id} of ${failed.function} is ${failed.status}: ${failed.why}`);
  const runsTookS = ((performance.now() - storyAtMs) / 1000).toFixed(1);
  demo.say(
    `Both runs completed, ${runsTookS} s after the event. Every step ran until it succeeded once, and will not run again.`,
  );
  if (demo.options.exitWhenDone) return leave(0);
  demo.say("", ...tryNext(demo.parts, demo.scene));
}

const STUCK = `The runs had not ended after ${STORY_MS / 1000} s; what is above says how far they came.`;

async function press(demo: Demo, key: string): Promise<void> {
  switch (key.toLowerCase()) {
    case "q":
    case CTRL_C:
    case CTRL_D:
      return leave(0);
    case "n":
      return demo.parts.engine.isUp ? startLongRun(demo) : undefined;
    case "y":
      return approve(demo, [...demo.tracker.runs.values()].flatMap(openApprovals));
    case "a":
      return toggle(demo, "app");
    case "e":
      return toggle(demo, "engine");
  }
}

async function toggle(demo: Demo, name: "app" | "engine"): Promise<void> {
  const part = demo.parts[name];
  if (part.state === "up") part.kill();
  else if (part.state === "down") {
    await part.start().catch((error: Error) => demo.say(`The ${name} did not start: ${error.message}`));
  }
  demo.show();
}

/** Stops engine, Postgres and app in order; told again, at once. */
async function leave(exitCode: number): Promise<void> {
  if (toldToStopAtMs !== null) {
    if (performance.now() - toldToStopAtMs < SAME_WISH_MS) return;
    demo?.killAll();
    process.exit(1);
  }
  toldToStopAtMs = performance.now();
  releaseKeys();
  setTimeout(() => {
    demo?.killAll();
    process.exit(1);
  }, STOP_MS).unref();
  const stopping = demo?.stop();
  if (exitCode === 0)
    demo?.say(
      "Stopping the engine, its Postgres and the app. Runs that have not ended go on at the next start.",
    );
  await stopping;
  process.exit(exitCode);
}

async function failWith(error: unknown): Promise<void> {
  if (toldToStopAtMs !== null) return;
  const isDebug = process.env["DURABLE_DEBUG"] === "1" && error instanceof Error;
  process.stderr.write(`${isDebug ? error.stack : error instanceof Error ? error.message : String(error)}\n`);
  await leave(1);
}
