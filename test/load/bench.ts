import { execFileSync } from "node:child_process";
import { Collected } from "./collected.ts";
import { describeMachine } from "./machine.ts";
import type { Options } from "./options.ts";
import { installPeers } from "./peers.ts";
import { type PlannedSession, plan, windows } from "./plan.ts";
import { Progress } from "./progress.ts";
import type { Results } from "./results.ts";
import { type Measurement, runSession } from "./session.ts";
import { SYSTEMS } from "./systems/all.ts";
import { figure } from "./table.ts";
import { cellTitle, type SystemName } from "./works.ts";

const PEERS: readonly SystemName[] = ["restate", "dbos"];
/** A plan that turns out longer than it was asked to be is cut here, at the end of a round. */
const OVERTIME = 1.5;

export async function bench(wanted: Options): Promise<Results> {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const collected = new Collected();
  const options = await withInstalledPeers(wanted, collected.skipped);
  const sessions = plan(options);
  const times = windows(sessions, options.minutes);
  const progress = new Progress(sessions.length / options.rounds);
  const machine = describeMachine();
  let rounds = 0;
  for (const session of sessions) {
    const { round, system, work } = session;
    const minutes = (performance.now() - startedMs) / 60_000;
    if (round > rounds && minutes > options.minutes * OVERTIME) {
      collected.skipped.push(
        `rounds ${round} to ${options.rounds}: ${Math.round(minutes)} minutes were over`,
      );
      break;
    }
    rounds = round;
    if (collected.isLeftOut(system)) continue;
    progress.begin(round, `${system} starts`);
    try {
      const done = await runSession(SYSTEMS[system], work, {
        round,
        ...times,
        seed: options.seed + round,
        onCell: (cell) => progress.cell(`${system}: ${cellTitle(cell)}`),
      });
      collected.add(system, done);
      progress.end(said(session, done.measurements));
    } catch (error) {
      progress.note(collected.fail(session, error));
    }
  }
  const { measurements, idleBytes, skipped } = collected;
  const used = options.systems.filter((name) => measurements.some((one) => one.system === name));
  return {
    startedAt,
    commit: commit(),
    machine,
    seed: options.seed,
    rounds,
    ...times,
    versions: Object.fromEntries(used.map((name) => [name, SYSTEMS[name].version()])),
    setups: Object.fromEntries(used.map((name) => [name, SYSTEMS[name].setup])),
    measurements,
    idleBytes,
    skipped,
  };
}

async function withInstalledPeers(options: Options, skipped: string[]): Promise<Options> {
  if (!options.systems.some((name) => PEERS.includes(name))) return options;
  const failure = await installPeers((line) => console.error(line));
  if (failure === null) return options;
  skipped.push(`${PEERS.join(" and ")}: npm could not install them: ${failure}`);
  return { ...options, systems: options.systems.filter((name) => !PEERS.includes(name)) };
}

function said({ system, work }: PlannedSession, measurements: readonly Measurement[]): string {
  const cells = measurements.map((one) =>
    work.name === "latency"
      ? `latency p50 ${figure(one.p50Ms)} ms, p99 ${figure(one.p99Ms)} ms`
      : `${one.cell} ${figure(one.stepsPerS)}/s, p50 ${figure(one.p50Ms)} ms`,
  );
  return `${system.padEnd(8)} ${cells.join(" | ")}`;
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}
