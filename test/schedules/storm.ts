// A hundred schedules that come every second, and three engines that are killed, stopped and have their clocks set wrong.
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../chaos/random.ts";
import { temporaryFolder } from "../chaos/temporary-folder.ts";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import type { TestDatabase } from "../support/test-server.ts";
import { waitFor } from "../support/wait.ts";
import { overlapFlaws } from "./overlaps-found.ts";
import { storeFunctions } from "./store-functions.ts";
import { StormEngine } from "./storm-engine.ts";
import { findTicks, flawsOf } from "./ticks-found.ts";

export interface StormOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly database: TestDatabase;
}

export interface StormResult {
  readonly done: Readonly<Record<"kills" | "all killed" | "stops" | "clock jumps" | "half done", number>>;
  /** By `catchUp`. */
  readonly ticks: Readonly<Record<string, number>>;
  readonly missed: number;
  readonly flaws: readonly string[];
}

const SCHEDULES = 100;
const ENGINES = 3;
/** In a long one nobody is there for so long that ticks are missed. */
const OUTAGE_MS = 70_000;
const OUTAGE_FROM_MS = 200_000;
const HOUR_MS = 3_600_000;

export async function runStorm({ seed, durationMs, database }: StormOptions): Promise<StormResult> {
  const random = new Random(`schedules ${seed}`);
  const folder = temporaryFolder("schedules");
  const engines = Array.from(
    { length: ENGINES },
    (_, no) => new StormEngine(database.url, folder.path, random.fork(no)),
  );
  const done = { kills: 0, "all killed": 0, stops: 0, "clock jumps": 2, "half done": 0 };
  try {
    await declare(database);
    // The shortest storm has clocks of all kinds.
    engines[0]!.jump(HOUR_MS);
    engines[1]!.jump(-HOUR_MS);
    for (const engine of engines) engine.start();
    await waitFor("the first ticks", () => allHaveBegun(database));
    const endMs = performance.now() + durationMs;
    let hasOutage = durationMs < OUTAGE_FROM_MS;
    while (performance.now() < endMs) {
      if (!hasOutage && performance.now() > endMs - durationMs / 2) {
        hasOutage = true;
        await killAll(engines, OUTAGE_MS);
      }
      await hurt(engines, random, done);
      await sleep(random.int(100, 1_200));
    }
    for (const engine of engines) {
      engine.resume();
      engine.start();
    }
    await settle(database);
  } finally {
    await Promise.all(engines.map((engine) => engine.end()));
    folder.remove();
  }
  done["half done"] = engines.reduce((sum, engine) => sum + engine.halfDone, 0);
  await expectInvariants(database);
  const found = await findTicks(database.sql);
  const ticks: Record<string, number> = {};
  for (const { catchUp, runs } of found) ticks[catchUp] = (ticks[catchUp] ?? 0) + runs.size;
  const missed = found.flatMap((each) => each.missed).reduce((sum, { count }) => sum + count, 0);
  return { done, ticks, missed, flaws: [...found.flatMap(flawsOf), ...(await overlapFlaws(database.sql))] };
}

async function killAll(engines: readonly StormEngine[], awayMs: number): Promise<void> {
  await Promise.all(engines.map((engine) => engine.kill()));
  await sleep(awayMs);
  for (const engine of engines) engine.start();
}

async function hurt(
  engines: readonly StormEngine[],
  random: Random,
  done: Record<string, number>,
): Promise<void> {
  const engine = random.pick(engines);
  const dice = random.float();
  if (dice < 0.1) {
    done["all killed"]! += 1;
    await killAll(engines, random.int(500, 4_000));
  } else if (dice < 0.4) {
    done["kills"]! += 1;
    await engine.kill();
    await sleep(random.int(0, 1_000));
    engine.start();
  } else if (dice < 0.6) {
    done["stops"]! += 1;
    engine.stop();
    await sleep(random.int(300, 4_000));
    engine.resume();
  } else {
    done["clock jumps"]! += 1;
    engine.jump(random.pick([-HOUR_MS, 0, HOUR_MS]));
  }
}

/** Half of them make up for everything, half for nothing; two have runs that must not overlap. Nobody answers at their app: what is looked at is what starts. */
async function declare(database: TestDatabase): Promise<void> {
  const functions = Array.from({ length: SCHEDULES }, (_, no) => ({
    id: `every-second-${no}`,
    triggers: [{ cron: "* * * * * *", catch_up: no % 2 === 0 ? ("all" as const) : ("none" as const) }],
  }));
  const overlapping = (["skip", "cancel"] as const).map((overlap) => ({
    id: `overlap-${overlap}`,
    triggers: [{ cron: "* * * * * *", catch_up: "all" as const, overlap }],
  }));
  await storeFunctions(database, [...functions, ...overlapping]);
}

/** Stops all schedules and waits until what was due by then is done. */
async function settle({ sql }: TestDatabase): Promise<void> {
  await sql`select durable.pause_schedule(workspace_id, 'storm', id, true, null) from durable.schedules`;
  await waitFor("what is due to be done", async () => {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int from durable.schedules where next_at is not null or owed <> '{}'`;
    return row!.count === 0;
  });
}

async function allHaveBegun({ sql }: TestDatabase): Promise<boolean> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int from durable.schedules where last_tick_at is null`;
  return row!.count === 0;
}
