import { setTimeout as sleep } from "node:timers/promises";
import { AppLog } from "../invariants/app-log.ts";
import { Checker, type InvariantReport } from "../invariants/check.ts";
import { checkDuring } from "./check-during.ts";
import { Cluster, SLACK_MS } from "./cluster.ts";
import { Findings } from "./findings.ts";
import { hotAndCold } from "./hot-and-cold.ts";
import { countKinds, type KindCount } from "./kinds.ts";
import { AS_LIMITED, TICKS_SEEN } from "./limited/ends.ts";
import { Operators } from "./limited/operators.ts";
import { HELD, RELEASED } from "./limited/pauses.ts";
import { recordLimits } from "./limited/recorder.ts";
import { SWEEPS } from "./limited/sweeps.ts";
import { Ticks } from "./limited/ticks.ts";
import { Load } from "./load.ts";
import { rage } from "./nemesis.ts";
import { People } from "./people.ts";
import { MOURNED, PROGRAM_ENDS, STOPPED } from "./program-ends.ts";
import { Progress } from "./progress.ts";
import { Random } from "./random.ts";
import { shopInvariants } from "./shops/oracle.ts";
import { Orders } from "./shops/orders.ts";
import { Tally } from "./tally.ts";
import { within } from "./within.ts";

export interface ChaosOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly folder: string;
  readonly engineRoot?: string;
  readonly work?: "all" | "gates";
  readonly engines?: number;
  /** The shops of examples/ take part: there is a PHP. */
  readonly shops?: boolean;
  /** Ends the run at once, whatever it is doing. */
  readonly interrupted: AbortSignal;
  readonly requestsPerSecond?: number;
}

export interface ChaosResult {
  readonly tally: Tally;
  readonly report: InvariantReport;
  /** What the load did; not counted when a violation ended it. */
  readonly kinds: readonly KindCount[];
  readonly findings: readonly string[];
  readonly runs: number;
  readonly accepted: number;
  readonly checksDuring: number;
  /** A violation ended the faults before their time. */
  readonly endedEarly: boolean;
  readonly healMs: number;
}

const HEAL_MS_MAX = 60_000;
/** Whatever the load has begun is acknowledged within seconds once an engine answers. */
const LOAD_MS_MAX = 60_000;
/** What is promised for a restart of Postgres. */
const RECOVERY_MS_MAX = 5_000;
const REQUESTS_PER_SECOND = 7;
const LIMITED_PER_SECOND = 2.5;
const LIVE_MAX = 400;
/** How long schedules may take to come up to now once no engine is hurt any more. */
const CLOCK_MS_MAX = 20_000;
/** Of `--work gates`: what the rest does is not what it is about, and the hot key has a queue. */
const GATES = { requestsPerSecond: 4, gatedPerSecond: 60, liveMax: 1_500, slots: 64 };

/** Starts the system, hurts it for so many minutes, lets it heal, and holds it against every invariant. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { folder, engineRoot, interrupted, engines = 3, shops = false } = options;
  const isGates = options.work === "gates";
  const random = new Random(String(options.seed));
  const tally = new Tally(options.minutes, { shops });
  const findings = new Findings();
  const cluster = new Cluster({
    folder,
    ...(engineRoot && { engineRoot }),
    ...(isGates && { slots: GATES.slots }),
    engines,
    shops,
    random,
    tally,
    findings,
  });
  const stack = new AsyncDisposableStack();
  stack.defer(() => cluster.close());
  // Ends our own loops: at the end, at an interruption, or when enough is wrong.
  const ending = new AbortController();
  interrupted.addEventListener("abort", () => ending.abort(), { once: true });
  try {
    await until(cluster.start(), interrupted);
    // Before the first grant: what is given back was given.
    await recordLimits(cluster.admin.sql);
    await until(cluster.register(), interrupted);
    const load = new Load({
      cluster,
      random: random.fork("load"),
      findings,
      requestsPerSecond: options.requestsPerSecond ?? REQUESTS_PER_SECOND,
      limitedPerSecond: LIMITED_PER_SECOND,
      liveMax: LIVE_MAX,
      ...(isGates && GATES),
    });
    stack.defer(() => load.close());
    const orders = new Orders({ load, random: random.fork("orders"), findings });
    stack.defer(() => orders.close());
    const ticks = new Ticks();
    const checker = new Checker({
      databaseUrl: cluster.postgres.url,
      oracles: { ackLog: cluster.ackLog, appLog: cluster.appLog },
      extra: [
        ...SWEEPS,
        ...[PROGRAM_ENDS, STOPPED, MOURNED, AS_LIMITED, TICKS_SEEN, ticks.once, HELD, RELEASED],
        ...(shops ? shopInvariants({ folder, orders, shopLog: cluster.shopLog }) : []),
        ...(isGates ? [hotAndCold(options.minutes)] : []),
      ],
      slackMs: SLACK_MS,
      sentSince: cluster.held.sentSince,
    });
    stack.defer(() => checker.close());
    const people = new People({ cluster, random: random.fork("people"), findings });
    stack.defer(() => people.close());
    const operators = new Operators({ cluster, random: random.fork("operators"), findings });
    stack.defer(() => operators.close());
    const watch = new Watch(cluster, load, tally, options.minutes * 60_000);
    stack.defer(() => watch.close());
    load.start();
    people.start();
    operators.start();
    if (shops) orders.start();
    const checks = checkDuring(checker, ending);
    const raging = rage(
      { cluster, random: random.fork("faults"), tally, findings },
      options.minutes * 60_000,
      ending.signal,
    );
    await until(raging, ending.signal).catch((error) => {
      if (!ending.signal.aborted) throw error;
    });
    ending.abort();
    const during = await checks;
    interrupted.throwIfAborted();
    const endedEarly = during.broken !== null;
    const healedFromMs = performance.now();
    if (!endedEarly) {
      watch.phase = "healing";
      await until(heal({ cluster, load, orders, operators, ticks, findings }), interrupted);
      await until(watch.untilNoneLive(HEAL_MS_MAX), interrupted);
      watch.phase = "checking";
    }
    if (tally.slowestRecoveryMs > RECOVERY_MS_MAX)
      findings.add(`no commit for ${tally.slowestRecoveryMs} ms after Postgres accepted connections again`);
    const healMs = performance.now() - healedFromMs;
    watch.close();
    await people.close();
    if (!endedEarly) await people.check(cluster.admin.sql);
    const report = during.broken ?? (await until(checkAfter(checker), interrupted));
    const runsWith = (kind: "checkpoint" | "streamed") =>
      new Set(new AppLog(cluster.appLog).only(kind).map(({ run }) => run)).size;
    const taken = { checkpoints: runsWith("checkpoint"), streamed: runsWith("streamed") };
    const kinds = endedEarly ? [] : await countKinds(cluster.admin.sql, taken, options.minutes, { shops });
    return {
      tally,
      report,
      kinds,
      findings: findings.all,
      runs: watch.runs,
      accepted: load.accepted,
      checksDuring: during.checks,
      endedEarly,
      healMs,
    };
  } finally {
    await stack.disposeAsync();
  }
}

interface Healing {
  readonly cluster: Cluster;
  readonly load: Load;
  readonly orders: Orders;
  readonly operators: Operators;
  readonly ticks: Ticks;
  readonly findings: Findings;
}

/** Whatever does not come to an end is told, and the invariants say what it left behind. */
async function heal({ cluster, load, orders, operators, ticks, findings }: Healing): Promise<void> {
  load.calmDown();
  const finished = operators.finish();
  await cluster.calmDown();
  if (!(await within(LOAD_MS_MAX, Promise.all([load.finish(), orders.finish()]))))
    findings.add(`the load still waited for answers ${LOAD_MS_MAX / 1_000} s after the faults`);
  if (
    !(await within(
      LOAD_MS_MAX,
      finished.then(() => operators.restore()),
    ))
  )
    findings.add(`the operators still waited for answers ${LOAD_MS_MAX / 1_000} s after the faults`);
  if (!(await within(CLOCK_MS_MAX, untilTold(ticks, cluster))))
    findings.add(`a schedule had not come up to now ${CLOCK_MS_MAX / 1_000} s after the faults`);
  await operators.stopClock();
  await load.expectHealthy();
}

async function untilTold(ticks: Ticks, { admin }: Cluster): Promise<void> {
  while (!(await ticks.haveCome(admin.sql))) await sleep(250);
}

/** The first statement may still find a connection that the last fault broke. */
function checkAfter(checker: Checker): Promise<InvariantReport> {
  return checker.check("after").catch(() => checker.check("after"));
}

/** What `work` gives, or the reason of the interruption; the work itself is ended by closing what it works on. */
function until<T>(work: Promise<T>, interrupted: AbortSignal): Promise<T> {
  work.catch(() => {});
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const stop = () => reject(interrupted.reason);
      if (interrupted.aborted) stop();
      interrupted.addEventListener("abort", stop, { once: true });
    }),
  ]);
}

const LOOK_EVERY_MS = 1_000;

/** Counts runs in the database, keeps the load below its limit, and shows where we are. */
class Watch {
  phase = "hurting";
  runs = 0;
  readonly #cluster: Cluster;
  readonly #load: Load;
  readonly #progress = new Progress();
  readonly #timer: NodeJS.Timeout;
  readonly #startedAtMs = performance.now();
  readonly #tally: Tally;
  readonly #ofMs: number;
  #looking = false;

  constructor(cluster: Cluster, load: Load, tally: Tally, ofMs: number) {
    this.#cluster = cluster;
    this.#load = load;
    this.#tally = tally;
    this.#ofMs = ofMs;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#progress.clear();
  }

  /** Gives up after `ms`: the invariants then say what is left. */
  async untilNoneLive(ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    do {
      await this.#look();
      if (this.#load.live === 0) return;
      await sleep(250);
    } while (performance.now() < deadline);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const [row] = await this.#cluster.admin.sql<{ runs: number; live: number }[]>`
        select (select count(*)::int from durable.runs) as runs, (select count(*)::int from durable.live_runs) as live`;
      this.runs = row!.runs;
      this.#load.live = row!.live;
    } catch {
      // Postgres is away.
    } finally {
      this.#looking = false;
    }
    const doneMs = performance.now() - this.#startedAtMs;
    this.#progress.show(
      { phase: this.phase, doneMs, ofMs: this.#ofMs, runs: this.runs, live: this.#load.live },
      this.#tally,
    );
  }
}
