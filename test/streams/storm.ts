// Clients that watch a workspace under load, while engines are killed and connections cut off.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk/node";
import { createApiClient } from "../../engine/src/http/client.ts";
import { Random } from "../chaos/random.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { type SpawnedEngine, spawnEngine } from "../scenarios/spawn-engine.ts";
import type { TestDatabase } from "../support/test-server.ts";
import { waitFor } from "../support/wait.ts";
import { flawsOf } from "./flaws-found.ts";
import { Front } from "./front.ts";
import { Watcher, WORKSPACE } from "./watcher.ts";

export interface StormOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly database: TestDatabase;
  readonly clients: number;
  readonly runsPerSecond: number;
  /** Without them the latency is what it is. */
  readonly hasFaults: boolean;
  /** Between two faults, in the mean. Each costs seconds of a machine of two cores: an engine that starts, clients that come again. */
  readonly faultsEveryMs: number;
}

interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface StormResult {
  readonly done: Readonly<Record<"kills" | "cuts" | "runs" | "streams" | "resets" | "told", number>>;
  /** Of what was committed while the client was connected, and of what it had missed and caught up with. */
  readonly latencyMs: Percentiles;
  readonly caughtUpMs: Percentiles;
  readonly flaws: readonly string[];
}

const ENGINES = 2;
/** One in so many follows lines, the others runs. */
const LINES_EVERY = 5;

const work = createFunction({
  id: "work",
  trigger: { event: "work" },
  handler: async ({ step }) => {
    await step.run("one", ({ log }) => log.info("first"));
    await step.run("two", ({ log }) => {
      log.info("second");
      log.info("third");
    });
    await step.sleep("a little", "50ms");
    return await step.run("three", () => 3);
  },
});

export async function runStorm(options: StormOptions): Promise<StormResult> {
  const { seed, database, clients } = options;
  const random = new Random(`streams ${seed}`);
  const front = new Front(random.fork("front"));
  const url = await front.start();
  const app = createServer(serve({ app: WORKSPACE.app, functions: [work] }));
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  const engines: SpawnedEngine[] = [];
  const startEngine = async () => {
    const engine = await spawnEngine(database.url);
    front.add(engine.port);
    engines.push(engine);
  };
  const watchers: Watcher[] = [];
  const api = createApiClient({ url });
  const done = { kills: 0, cuts: 0, runs: 0 };
  try {
    for (let no = 0; no < ENGINES; no += 1) await startEngine();
    await engines[0]!.call("POST", "/v1/apps/storm/dev/sync", {
      url: `http://127.0.0.1:${(app.address() as AddressInfo).port}/api/durable`,
    });
    for (let no = 0; no < clients; no += 1) {
      const watcher = new Watcher(api, no % LINES_EVERY === 0 ? "logs" : "runs");
      watchers.push(watcher);
      watcher.start();
    }
    await waitFor("all streams", () => watchers.every(({ opened }) => opened > 0));
    const endMs = performance.now() + options.durationMs;
    const load = async () => {
      while (performance.now() < endMs) {
        done.runs += 1;
        // An engine that dies may have taken it: its id makes it one event.
        const event = { name: "work", id: `work-${done.runs}` };
        void persist(() => api.sendEvents({ query: WORKSPACE, body: event }));
        await sleep(1_000 / options.runsPerSecond);
      }
    };
    const everyMs = options.faultsEveryMs;
    const faults = async () => {
      while (performance.now() < endMs) {
        await sleep(random.int(0.2 * everyMs, 1.8 * everyMs));
        if (random.chance(0.3)) {
          const victim = engines.splice(random.int(0, engines.length - 1), 1)[0]!;
          front.remove(victim.port);
          await victim.kill();
          done.kills += 1;
          await startEngine();
        } else done.cuts += front.cut(random.pick([0.1, 0.5, 1]));
      }
    };
    await Promise.all([load(), options.hasFaults ? faults() : null]);
    await waitFor("all runs to end", async () => {
      const [row] = await database.sql`
        select (select count(*)::int from durable.runs where status is not null) as ended`;
      return row!["ended"] === done.runs;
    });
    const flaws = await flawsOf(database, watchers);
    await expectInvariants(database);
    const sum = (of: (watcher: Watcher) => number) =>
      watchers.reduce((total, watcher) => total + of(watcher), 0);
    return {
      done: {
        ...done,
        streams: sum(({ opened }) => opened),
        resets: sum(({ resets }) => resets),
        told: sum(
          ({ latenciesMs, caughtUpMs, lines }) => latenciesMs.length + caughtUpMs.length + lines.length,
        ),
      },
      latencyMs: percentiles(watchers.flatMap(({ latenciesMs }) => latenciesMs)),
      caughtUpMs: percentiles(watchers.flatMap(({ caughtUpMs }) => caughtUpMs)),
      flaws,
    };
  } finally {
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    await api.close();
    await Promise.all(engines.map((engine) => engine.kill()));
    front.stop();
    app.closeAllConnections();
    await new Promise((resolve) => app.close(resolve));
  }
}

async function persist(call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      return void (await call());
    } catch {
      await sleep(100);
    }
  }
}

function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { count: values.length, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
