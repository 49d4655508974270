// Many programs at once on the real engine, with faults, each held against the reference interpreter.

import { setTimeout as sleep } from "node:timers/promises";
import { openBench } from "../../engine/src/testing/index.ts";
import { DurableRequestError } from "../../sdk-ts/src/index.ts";
import { EngineApi } from "../../sdk-ts/src/testing/engine-api.ts";
import { Random } from "../chaos/random.ts";
import {
  differences,
  isInterrupted,
  type LogLine,
  logDifferences,
  type RunShown,
  type SeenEffects,
} from "./compare.ts";
import type { Effects } from "./context.ts";
import { type DisturbedApp, startDisturbedApp } from "./disturbed-app.ts";
import { type EngineLine, startEngineLine } from "./engine-line.ts";
import { programFunctions } from "./interpret.ts";
import type { Program } from "./program.ts";
import { expectedOf } from "./reference.ts";
import { type SilentServer, startSilentServer } from "./silent-server.ts";
import { Teller } from "./teller.ts";

export interface Difference {
  /** Which of the programs. */
  readonly index: number;
  readonly program: Program;
  readonly run: string;
  readonly sentences: readonly string[];
}

export interface ProgramsOptions {
  readonly programs: readonly Program[];
  readonly seed: number;
  /** Under way at the same time. */
  readonly concurrency: number;
  readonly postgresUrl?: string | undefined;
  /** No program is started after this. */
  readonly untilMs: number;
  readonly onProgress?: (state: Progress) => void;
  readonly signal?: AbortSignal;
}

export interface Progress {
  readonly done: number;
  readonly of: number;
  readonly different: number;
  readonly faults: string;
}

export interface ProgramsResult {
  readonly done: number;
  readonly steps: number;
  /** Runs that were to be started by steps and by failures, and those that were, by function: the same numbers. */
  readonly owed: Readonly<Record<string, number>>;
  readonly started: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
  readonly faults: Readonly<Record<string, number>>;
  /** What the engine was told while handlers and bodies went on. */
  readonly taken: EngineLine["taken"];
  /** Steps that run at most once of which nobody knows how they went. */
  readonly interrupted: number;
}

const APP = "programs";
/** Programs between two deaths or losses, at most. */
const ENGINE_FAULT_EVERY = 40;
const LOOK_EVERY_MS = 50;
/** A program takes seconds at most; one that takes longer never ends. */
const PATIENCE_MS = 300_000;
const ENDS: ReadonlySet<string> = new Set(["completed", "failed", "cancelled", "paused"]);
/** A difference is worth more than the next hundred. */
const DIFFERENCES_MAX = 5;

export async function runPrograms(options: ProgramsOptions): Promise<ProgramsResult> {
  const random = new Random(`programs ${options.seed}`);
  const bench = await openBench({ log: "silent", postgresUrl: options.postgresUrl });
  const seen = new Map<string, Watched>();
  let healed: Promise<void> = Promise.resolve();
  let app: DisturbedApp | null = null;
  let isOver = false;
  const engineFaults = { "engine died": 0, "lease lost": 0 };
  const found: Difference[] = [];
  let next = 0;
  let done = 0;
  let steps = 0;
  let interrupted = 0;
  const owed = { receiver: 0, spawned: 0, "program.on-failure": 0 };
  let silent: SilentServer | null = null;

  const api = new EngineApi(bench, () => healed, APP);
  const teller = new Teller({ app: APP, api, random });
  const effects: Effects = { ...watch(seen), tokenMade: (key, url) => teller.tokenMade(key, url) };
  const line = await startEngineLine(random);
  const urlBefore = process.env["DURABLE_URL"];
  const faults = () => ({ ...app!.counts, ...line.counts, ...engineFaults });
  const mayStart = () =>
    next < options.programs.length &&
    performance.now() < options.untilMs &&
    found.length < DIFFERENCES_MAX &&
    options.signal?.aborted !== true;

  async function start(): Promise<void> {
    await bench.start();
    process.env["DURABLE_URL"] = line.urlFor(bench.url);
  }

  /** By what got done, not by the clock: on a slow day an engine must still live long enough to do something. */
  async function hurtEngine(): Promise<void> {
    for (let hurtAt = random.int(1, ENGINE_FAULT_EVERY); !isOver; ) {
      await sleep(LOOK_EVERY_MS, undefined, { ref: false });
      if (done < hurtAt) continue;
      hurtAt = done + random.int(1, ENGINE_FAULT_EVERY);
      // Both at least once, however few there are.
      const { "engine died": died, "lease lost": lost } = engineFaults;
      if (died === 0 || (lost > 0 && random.chance(0.5))) {
        engineFaults["engine died"] += 1;
        healed = bench.kill().then(start);
        await healed;
      } else {
        engineFaults["lease lost"] += 1;
        await bench.loseLeases();
      }
    }
  }

  async function one(index: number): Promise<void> {
    const program = options.programs[index]!;
    const key = `p${index}`;
    const expected = expectedOf(program, key);
    const { run } = await api.post<{ run: string }>("/functions/program/trigger", {
      id: key,
      data: { program, key },
    });
    let hasEnded = false;
    const telling = Promise.all([
      cancel(run, program.cancelMs),
      ...expected.told.map((told) => teller.tell(run, told, () => hasEnded)),
    ]);
    const state = await endOf(run);
    hasEnded = true;
    const mistaken = (await telling).flat();
    const isCancelled = program.cancelMs !== undefined;
    const sentences = [
      ...differences(expected, state, seen.get(run) ?? nothingSeen(), isCancelled),
      ...logDifferences(expected, await logOf(run, expected.said), state.status === "cancelled"),
      ...(state.status === "cancelled" ? [] : mistaken),
    ];
    owed.receiver += state.steps.filter(({ op }) => op === "send").length;
    owed.spawned += state.steps.filter(({ op }) => op === "spawn").length;
    if (state.status === "failed") owed["program.on-failure"] += 1;
    if (sentences.length > 0 && options.signal?.aborted !== true)
      found.push({ index, program, run, sentences });
    seen.delete(run);
    steps += state.steps.length;
    interrupted += state.steps.filter(isInterrupted).length;
    done += 1;
  }

  async function logOf(run: string, said: object): Promise<readonly LogLine[]> {
    if (Object.keys(said).length === 0) return [];
    return (await api.get<{ logs: LogLine[] }>(`/runs/${run}/logs?limit=1000`)).logs;
  }

  async function cancel(run: string, afterMs: number | undefined): Promise<string[]> {
    if (afterMs === undefined) return [];
    await sleep(afterMs);
    try {
      await api.post(`/runs/${run}/cancel`, {});
    } catch (error) {
      // It was over before that.
      if (!(error instanceof DurableRequestError && error.status === 409)) throw error;
    }
    return [];
  }

  async function endOf(run: string): Promise<RunShown> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const state = await api.get<RunShown>(`/runs/${run}?wait=0.3`);
      const isOver = ENDS.has(state.status) || options.signal?.aborted === true;
      if (isOver || performance.now() > untilMs) return state;
    }
  }

  async function worker(): Promise<void> {
    while (mayStart()) {
      const index = next;
      next += 1;
      await one(index);
      options.onProgress?.({
        done,
        of: options.programs.length,
        different: found.length,
        faults: told(faults()),
      });
    }
  }

  try {
    await start();
    silent = await startSilentServer();
    app = await startDisturbedApp(APP, programFunctions(effects, silent.url), random);
    await api.post("/sync", { url: app.url });
    const hurting = hurtEngine();
    try {
      await Promise.all(Array.from({ length: options.concurrency }, worker));
    } finally {
      isOver = true;
      await hurting;
    }
    const started = { ...owed };
    for (const fn of Object.keys(owed) as (keyof typeof owed)[]) started[fn] = await countRuns(api, fn);
    return {
      done,
      steps,
      owed,
      started,
      differences: found,
      faults: faults(),
      taken: line.taken,
      interrupted,
    };
  } finally {
    await healed.catch(() => {});
    await bench.close();
    await app?.close();
    await silent?.close();
    await line.close();
    if (urlBefore === undefined) delete process.env["DURABLE_URL"];
    else process.env["DURABLE_URL"] = urlBefore;
  }
}

async function countRuns(api: EngineApi, fn: string): Promise<number> {
  let count = 0;
  let cursor = "";
  for (;;) {
    const page = await api.get<{ runs: unknown[]; next: string | null }>(
      `/runs?function=${fn}&limit=200${cursor}`,
    );
    count += page.runs.length;
    if (page.next === null) return count;
    cursor = `&cursor=${page.next}`;
  }
}

function told(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

interface Watched extends SeenEffects {
  readonly keys: Set<string>;
  readonly onceKeys: string[];
  readonly undoneKeys: Set<string>;
  readonly undone: string[];
}

function nothingSeen(): Watched {
  return { keys: new Set(), onceKeys: [], undoneKeys: new Set(), undone: [] };
}

/** Keeps what user code did, by run. */
function watch(seen: Map<string, Watched>): Omit<Effects, "tokenMade"> {
  const of = (run: string) => {
    const mine = seen.get(run) ?? nothingSeen();
    seen.set(run, mine);
    return mine;
  };
  return {
    ran: (run, key) => void of(run).keys.add(key),
    ranOnce: (run, key) => void of(run).onceKeys.push(key),
    undone(run, key, name) {
      const mine = of(run);
      if (!mine.undoneKeys.has(key)) mine.undone.push(name);
      mine.undoneKeys.add(key);
    },
  };
}
