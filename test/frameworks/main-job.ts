// What a reader of the README does next: start the app and the engine, send an event, approve, and see it completed.

import { join } from "node:path";
import { freePort } from "../chaos/free-port.ts";
import { waitFor } from "../support/wait.ts";
import type { Framework } from "./frameworks.ts";
import { inProject, type Place, run, start } from "./programs.ts";
import { commandLike } from "./readme.ts";

export interface Step {
  readonly op: string;
  readonly name: string;
  readonly status: string;
  readonly attempt: number;
  readonly due_at: string | null;
  readonly settled_at: string | null;
  readonly value: unknown;
}

export interface FinishedRun {
  readonly status: string;
  readonly why: string;
  readonly output: unknown;
  readonly steps: readonly Step[];
}

export interface MainJob {
  readonly run: FinishedRun;
  /** What the app wrote on its terminal. */
  readonly appSaid: string;
  readonly tookMs: { readonly appReady: number; readonly run: number };
}

/** A first request may have to compile the app. */
const START_MS = 60_000;
const RUN_MS = 60_000;

/** @param engineHome the project that has the command line installed. */
export async function playMainJob(
  folder: string,
  framework: Framework,
  engineHome: string,
): Promise<MainJob> {
  const startedMs = performance.now();
  const port = await freePort();
  const appUrl = `http://localhost:${port}/api/durable`;
  const engine = start(
    { folder: engineHome, env: { DURABLE_DATA_DIR: join(folder, "durable-data"), DURABLE_PORT: "0" } },
    "node",
    inProject(engineHome, "durable"),
    ..."dev --json --no-discovery --app".split(" "),
    appUrl,
  );
  try {
    const news = <T>(at: string) =>
      waitFor(`"${at}" from the engine`, () => newsOf<T>(engine.said(), at), PATIENT);
    const { url } = await Promise.race([news<{ url: string }>("ready"), engine.alive]);
    const place: Place = { folder, env: { PORT: String(port), DURABLE_URL: url } };
    const server = start(place, ...framework.start);
    try {
      const both = Promise.race([engine.alive, server.alive]);
      const app = await Promise.race([news<{ change: string; text: string }>("app"), both]);
      if (app.change !== "found") throw new Error(`The engine did not take the app: ${app.text}`);
      const appReady = performance.now() - startedMs;
      const finished = await Promise.race([playRun(url, place, engineHome), both]);
      const took = performance.now() - startedMs - appReady;
      return { run: finished, appSaid: server.said(), tookMs: { appReady, run: took } };
    } catch (error) {
      throw new Error(`${(error as Error).message}\nThe app said:\n${server.said()}`, { cause: error });
    } finally {
      await server.stop();
    }
  } catch (error) {
    throw new Error(`${(error as Error).message}\nThe engine said:\n${engine.said()}`, { cause: error });
  } finally {
    await engine.stop();
  }
}

const PATIENT = { timeoutMs: START_MS, everyMs: 50 };

function newsOf<T>(said: string, at: string): T | undefined {
  const line = said
    .split("\n")
    .find((one) => one.startsWith("{") && one.endsWith("}") && JSON.parse(one).at === at);
  return line === undefined ? undefined : JSON.parse(line);
}

async function playRun(url: string, place: Place, engineHome: string): Promise<FinishedRun> {
  const runs = `${url}/v1/apps/shop/dev/runs`;
  await run(place, "node", "send.ts");
  const [{ id }] = (await getJson<{ runs: [{ id: string }] }>(runs)).runs;
  await waitFor(
    "the run to wait for its approval",
    async () => {
      const { steps, status, why } = await getJson<FinishedRun>(`${runs}/${id}`);
      if (status !== "queued" && status !== "running" && status !== "waiting") throw new Error(why);
      return steps.some(({ op, status }) => op === "wait" && status === "pending");
    },
    { timeoutMs: RUN_MS, everyMs: 50 },
  );
  const approve = commandLike("npx @durable/engine send approval.received");
  await run({ folder: engineHome, env: { DURABLE_URL: url } }, "sh", "-c", approve);
  return getJson<FinishedRun>(`${runs}/${id}?wait=30`);
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${url} was answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
