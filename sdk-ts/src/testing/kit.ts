import type { Duration } from "../duration.ts";
import { durationMs } from "../duration.ts";
import { FunctionError } from "../errors.ts";
import type { EventToSend } from "../event.ts";
import { eventOnWire } from "../event-on-wire.ts";
import { toJson } from "../execution/value.ts";
import type { DataOf, DurableFunction, OutputOf } from "../function.ts";
import type { Jsonify } from "../json.ts";
import { type AppServer, serveApp } from "./app-server.ts";
import { type Bench, type LogLevel, loadEngine } from "./bench.ts";
import type { ArmedCrash, CrashPoint, CrashTarget } from "./crash.ts";
import { EngineApi } from "./engine-api.ts";
import { type TestRun, testRun } from "./test-run.ts";
import { VirtualTime } from "./virtual-time.ts";

/** What a test kit runs, and on what. */
export interface TestKitOptions {
  readonly functions: readonly DurableFunction[];
  /** The app's name; `test` unless told. */
  readonly app?: string | undefined;
  /**
   * Other apps that steps invoke functions of, by their names, with what stands in for those functions. Each lets this one in, and
   * is let in.
   */
  readonly others?: Readonly<Record<string, readonly DurableFunction[]>> | undefined;
  /**
   * A Postgres on which databases may be created, such as a service of your CI. Default: one that the engine brings,
   * started once per test process on a temporary folder.
   */
  readonly postgresUrl?: string | undefined;
  /** How long, in real time, anything may go on before the kit says that it hangs. 30 s unless told. */
  readonly patience?: Duration | undefined;
  /** What the engine writes to stderr; nothing unless told. */
  readonly log?: LogLevel | undefined;
}

/** A real engine with your functions, on a database of its own, with a clock that you move. */
export interface TestKit {
  /** Of the engine's API. Another one after a crash. */
  readonly url: string;
  /** Sends events; answers the runs that they started. */
  send(events: EventToSend | readonly EventToSend[]): Promise<{ ids: string[]; runs: TestRun[] }>;
  /** Starts a run of this function. */
  start<Fn extends DurableFunction | string>(fn: Fn, data?: DataOf<Fn>): Promise<TestRun>;
  /**
   * Starts a run and answers its output; time jumps over sleeps, retries and timeouts.
   * @throws FunctionError when it does not complete; its `cause` is the error.
   */
  run<Fn extends DurableFunction | string>(fn: Fn, data?: DataOf<Fn>): Promise<Jsonify<OutputOf<Fn>>>;
  /** All runs so far, the oldest first. */
  runs(): Promise<TestRun[]>;
  /** Moves the clock: whatever is due meanwhile happens, in its order, with all that follows from it. */
  advance(duration: Duration): Promise<void>;
  /** Jumps to the next sleep, retry or timeout; answers the milliseconds, or null when there is none. */
  toNextTimer(): Promise<number | null>;
  /** Waits until nothing goes on any more; the clock does not move. */
  settled(): Promise<void>;
  /** The time by the moved clock. `Date` in your own code knows nothing of it. */
  now(): Promise<Date>;
  /**
   * Breaks something once, when this step gets there; `commit` unless told. The crash that it answers has
   * `happened`, a promise.
   */
  crashAfter(step: string | CrashTarget, point?: CrashPoint): ArmedCrash;
  /** Takes back a crash that has not happened. */
  disarm(crash: ArmedCrash): void;
  /** Kills the engine now and starts another. */
  crash(): Promise<void>;
  /** Requests your functions got so far. */
  readonly dispatches: number;
  /** Stops everything; leaves no process, no port and no file behind. */
  close(): Promise<void>;
}

const PATIENCE = "30s";

/**
 * `const kit = await createTestKit({ functions })`, and `await kit.close()` when you are done.
 * @throws Error when `@durable/engine` is not installed, and when the engine refuses one of the functions.
 */
export async function createTestKit(options: TestKitOptions): Promise<TestKit> {
  const { app = "test", functions, log = "silent", others = {}, patience = PATIENCE, postgresUrl } = options;
  const { openBench } = await loadEngine();
  const bench = await openBench({ log, postgresUrl });
  const servers: AppServer[] = [];
  const closeAll = () => Promise.all(servers.map((each) => each.close()));
  try {
    await bench.start();
    for (const [name, list] of [[app, functions] as const, ...Object.entries(others)]) {
      const served = await serveApp(bench, name, list);
      servers.push(served);
      const api = new EngineApi(bench, () => Promise.resolve(), name);
      await api.post("/sync", { url: served.url });
      for (const caller of name === app ? Object.keys(others) : [app])
        await api.put(`/callers/${caller}`, {});
    }
    return makeKit(bench, servers[0]!, app, durationMs(patience), closeAll);
  } catch (error) {
    await closeAll();
    await bench.close();
    throw error;
  }
}

function makeKit(
  bench: Bench,
  server: AppServer,
  app: string,
  patienceMs: number,
  closeAll: () => Promise<unknown>,
): TestKit {
  const healed = () => server.healed;
  const api = new EngineApi(bench, healed, app);
  const time = new VirtualTime(bench, healed, patienceMs);
  const runOf = (id: string) =>
    testRun(
      {
        api,
        settled: () => time.settled(),
        toNextTimer: () => time.toNextTimer(),
        jump: (ms) => time.jump(ms),
        patienceMs,
      },
      id,
    );

  async function start(fn: DurableFunction | string, data: unknown): Promise<TestRun> {
    const functionId = typeof fn === "string" ? fn : fn.id;
    const json = toJson(`"${functionId}" is given`, data);
    const started = await api.post<{ run: string }>(`/functions/${encodeURIComponent(functionId)}/trigger`, {
      id: globalThis.crypto.randomUUID(),
      ...(json !== undefined && { data: json }),
    });
    return runOf(started.run);
  }

  return {
    get url() {
      return bench.url;
    },
    get dispatches() {
      return server.dispatches;
    },
    start,
    async send(events) {
      const list = Array.isArray(events) ? (events as readonly EventToSend[]) : [events as EventToSend];
      const onWire = list.map((event) =>
        eventOnWire("kit.send", { ...event, id: event.id ?? globalThis.crypto.randomUUID() }),
      );
      const path = `/v1/events?app=${encodeURIComponent(app)}&env=dev`;
      const { ids, runs } = await api.post<{ ids: string[]; runs: { run: string }[] }>(path, onWire);
      return { ids, runs: runs.map(({ run }) => runOf(run)) };
    },
    async run(fn, data) {
      const run = await start(fn, data);
      const end = await run.ended();
      if (end.status === "completed") return end.output as never;
      const { function: functionId, status, failure, why } = end;
      if (status !== "paused")
        throw new FunctionError({ functionId, runId: run.id, status: status as "failed", failure });
      throw new Error(`Run ${run.id} of "${functionId}" is paused: ${why}`);
    },
    async runs() {
      const ids: string[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: { runs: { id: string }[]; next: string | null } = await api.get(
          `/runs?limit=200${cursor === "" ? "" : `&cursor=${cursor}`}`,
        );
        ids.push(...page.runs.map(({ id }) => id));
        cursor = page.next;
      }
      return ids.map(runOf).reverse();
    },
    advance: (duration) => time.advance(duration),
    toNextTimer: () => time.toNextTimer(),
    async settled() {
      await time.settled();
    },
    async now() {
      return new Date((await bench.rest()).nowMs);
    },
    crashAfter: (step, point = "commit") => server.arm(typeof step === "string" ? { step } : step, point),
    disarm: (crash) => server.disarm(crash),
    crash: () => server.crash(),
    async close() {
      await server.healed;
      await bench.close();
      await closeAll();
    },
  };
}
