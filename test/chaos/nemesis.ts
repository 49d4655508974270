import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, type EnginePlace, LEASE_MS } from "./cluster.ts";
import type { Findings } from "./findings.ts";
import type { Random } from "./random.ts";
import { FAULTS_OF_SHOPS, type FaultName, type Tally } from "./tally.ts";
import { within } from "./within.ts";

export interface NemesisParts {
  readonly cluster: Cluster;
  readonly random: Random;
  readonly tally: Tally;
  readonly findings: Findings;
}

/** One kind of fault from outside: how often in five minutes, and what is done. */
interface Fault {
  readonly name: FaultName;
  readonly timesInFiveMinutes: number;
  act(parts: Acting): Promise<void>;
}

interface Acting extends NemesisParts {
  /** Aborted when nobody waits for the fault any more. */
  readonly stopped: AbortSignal;
}

const FAULTS: readonly Fault[] = [
  {
    name: "engine killed",
    timesInFiveMinutes: 45,
    async act(parts) {
      (await anEngine(parts)).slot.kill();
    },
  },
  {
    name: "app killed",
    timesInFiveMinutes: 24,
    async act({ cluster, random }) {
      const { slot } = random.pick(cluster.apps);
      await slot.untilReady();
      slot.kill();
    },
  },
  {
    name: "app stopped",
    timesInFiveMinutes: 16,
    act: stopApp,
  },
  ...FAULTS_OF_SHOPS.map(
    (name): Fault => ({
      name,
      timesInFiveMinutes: 20,
      async act({ cluster, random }) {
        const shop = cluster.shops.find(({ fault }) => fault === name)!;
        const slot = random.pick(shop.slots);
        await slot.untilReady();
        slot.kill();
      },
    }),
  ),
  {
    name: "Postgres killed",
    timesInFiveMinutes: 22,
    async act({ cluster, random, tally }) {
      await cluster.restartPostgres(random.int(0, 800));
      tally.add("Postgres killed");
      tally.addRecovery(await workAgainMs(cluster));
    },
  },
  {
    name: "session terminated",
    timesInFiveMinutes: 60,
    async act(parts) {
      const { cluster, random, tally } = parts;
      // On a slow machine none would ever come up if the sessions were ended that engines start with.
      await anEngine(parts);
      tally.add(
        "session terminated",
        await terminateSessions(cluster, random.pick(["queued", "all", "some"])),
      );
    },
  },
  {
    name: "zombie",
    timesInFiveMinutes: 26,
    async act(parts) {
      const { cluster } = parts;
      const { slot } = await anEngine(parts);
      slot.pause();
      const release = cluster.held.hold();
      await cluster.reviveZombie(slot).finally(release);
    },
  },
  {
    // Cut off from Postgres for longer than its lease, then everything it had said arrives at once.
    name: "statement held",
    timesInFiveMinutes: 18,
    async act(parts) {
      const { random } = parts;
      const { database } = await anEngine(parts);
      database.disturb({ kind: "hold" });
      await sleep(LEASE_MS + random.int(500, 1_500));
      database.heal();
    },
  },
  {
    name: "engine drained",
    timesInFiveMinutes: 8,
    async act(parts) {
      await (await anEngine(parts)).slot.drain();
    },
  },
  { name: "answer dropped", timesInFiveMinutes: 40, act: (parts) => disturb(parts, "drop-answer") },
  { name: "answer duplicated", timesInFiveMinutes: 20, act: (parts) => disturb(parts, "duplicate-answer") },
  { name: "connection cut", timesInFiveMinutes: 40, act: (parts) => disturb(parts, "cut") },
];

// A fault can find nothing to do: no bytes on the wire it cuts, no session to end. A short run has few tries, and on a slow
// machine none before the first run is under way.
const LATE_MS_MAX = 90_000;
const LATE_EVERY_MS = 1_000;

/** The longest of them waits for a Postgres that has come back, and for an engine after that. */
const FAULT_MS_MAX = 120_000;

/**
 * Does each fault at its times, drawn from the seed, for `durationMs`; then goes on until none is missing. One that does
 * not come to its end within `faultMsMax` is a finding, and is not done again.
 */
export async function rage(
  parts: NemesisParts,
  durationMs: number,
  stopped: AbortSignal,
  faultMsMax = FAULT_MS_MAX,
): Promise<void> {
  const startedAtMs = performance.now();
  await Promise.all(
    FAULTS.filter(({ name }) => parts.tally.has(name)).map(async (fault) => {
      const own = { ...parts, random: parts.random.fork(fault.name), stopped };
      const times = Math.max(2, Math.ceil((fault.timesInFiveMinutes * durationMs) / 300_000));
      const everyMs = durationMs / times;
      const giveUpAtMs = startedAtMs + durationMs + LATE_MS_MAX;
      for (let no = 0; !stopped.aborted; no += 1) {
        const isLate = no >= times;
        if (isLate && (parts.tally.isEnough(fault.name) || performance.now() > giveUpAtMs)) return;
        const atMs = isLate
          ? performance.now() + own.random.float() * LATE_EVERY_MS
          : startedAtMs + (no + own.random.float()) * everyMs;
        // One that took too long pushes the next ones closer together, not to the end.
        await pause(atMs - performance.now(), stopped);
        if (stopped.aborted) return;
        const acting = fault.act(own).catch((error) => {
          if (!stopped.aborted) throw error;
        });
        if (await within(faultMsMax, acting)) continue;
        parts.findings.add(`"${fault.name}" did not come to its end within ${faultMsMax / 1_000} s`);
        return;
      }
    }),
  );
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => {});
}

/** A step has just begun, and has something left to do. */
const BEATING = `
  select 1 from durable.heartbeats h join durable.workspaces w on w.id = h.workspace_id
  where w.app = $1 and h.at > clock_timestamp() - interval '0.3 s' and (h.progress::json ->> 'leftMs')::int > 500`;
const BEATING_MS_MAX = 5_000;
/** An engine has ended an attempt since. */
const SILENT = `
  select 1 from durable.attempts a join durable.workspaces w on w.id = a.workspace_id
  where w.app = $1 and a.committed_at > to_timestamp($2) and a.failure like '%"HeartbeatTimeoutError"%'`;
/** A step may be silent for 1 s, and the engine adds 2. */
const SILENT_MS_MAX = 6_000;

/** Its lines stay open, and nothing comes from it until an engine has ended a step of it for that. */
async function stopApp({ cluster, random, tally }: NemesisParts): Promise<void> {
  const { name, slot } = random.pick(cluster.apps);
  await slot.untilReady();
  await seen(cluster, BEATING, [name], BEATING_MS_MAX);
  const { pid } = slot;
  const stoppedMs = Date.now();
  slot.pause();
  const release = cluster.held.hold();
  if (await seen(cluster, SILENT, [name, stoppedMs / 1_000], SILENT_MS_MAX)) tally.add("app stopped");
  if (slot.pid === pid) slot.resume();
  release();
}

async function seen(
  { admin }: Cluster,
  query: string,
  parameters: (string | number)[],
  msMax: number,
): Promise<boolean> {
  const untilMs = performance.now() + msMax;
  while (performance.now() < untilMs) {
    const rows = await admin.sql.unsafe(query, parameters).catch(() => []);
    if (rows.length > 0) return true;
    await sleep(LOOK_EVERY_MS);
  }
  return false;
}

const LOOK_EVERY_MS = 50;
const RECOVERY_MS_MAX = 60_000;

/** From the moment Postgres accepted connections until a commit; moments without a sound engine do not count. */
async function workAgainMs({ admin, engines }: Cluster): Promise<number> {
  let ms = 0;
  let lookedAtMs = performance.now();
  while (ms < RECOVERY_MS_MAX) {
    const rows = await admin.sql`
      select at > pg_postmaster_start_time() as again from durable.changes order by xid desc limit 1`.catch(
      () => [],
    );
    if (rows[0]?.["again"]) break;
    await sleep(LOOK_EVERY_MS);
    const nowMs = performance.now();
    if (engines.some(({ slot, database }) => slot.isUp && database.isWhole)) ms += nowMs - lookedAtMs;
    lookedAtMs = nowMs;
  }
  return Math.round(ms);
}

/** One that is up; waits until there is one. Rejects once the faults are over. */
async function anEngine({ cluster, random, stopped }: Acting): Promise<EnginePlace> {
  for (;;) {
    stopped.throwIfAborted();
    const up = cluster.engines.filter(({ slot }) => slot.isUp);
    if (up.length > 0) return random.pick(up);
    await sleep(20);
  }
}

type Selection = "queued" | "all" | "some";

const ENGINE_SESSIONS = "application_name in ('durable engine', 'durable api') and pid <> pg_backend_pid()";

/**
 * `queued` first holds every commit back by a lock for a moment: statements are under way in their sessions, and
 * more wait in the engines for a connection, when all sessions end at once. An engine that was stopped in the middle of a
 * statement keeps the table from us until somebody continues it: us, later.
 */
async function terminateSessions(cluster: Cluster, selection: Selection): Promise<number> {
  const where = selection === "some" ? `${ENGINE_SESSIONS} and random() < 0.4` : ENGINE_SESSIONS;
  const terminate = `select count(*) filter (where pg_terminate_backend(pid))::int as count from pg_stat_activity where ${where}`;
  const text =
    selection === "queued"
      ? `set local lock_timeout = '2s'; lock table durable.live_runs in access exclusive mode; select pg_sleep(0.15); ${terminate}`
      : terminate;
  try {
    const rows = await cluster.admin.sql.unsafe(text);
    const last = (selection === "queued" ? rows.at(-1) : rows) as unknown as { count: number }[];
    return last[0]!.count;
  } catch {
    return 0; // Postgres is away.
  }
}

type WireFault = "drop-answer" | "duplicate-answer" | "cut";

/** One wire for a moment. The wire to Postgres never doubles bytes: TCP does not, and no statement runs twice of it. */
async function disturb({ cluster, random }: NemesisParts, kind: WireFault): Promise<void> {
  const engine = random.pick(cluster.engines);
  const app = random.pick([...cluster.apps, ...cluster.shops]);
  const wire =
    kind === "duplicate-answer"
      ? random.pick([app.wire, engine.door])
      : random.pick([app.wire, app.wire, engine.door, engine.database]);
  wire.disturb(kind === "cut" ? { kind, afterBytes: random.int(1, 6_000) } : { kind });
  await sleep(random.int(50, 400));
  wire.heal();
}
