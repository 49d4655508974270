import { SETTINGS as EMBEDDED_SETTINGS } from "../../engine/src/postgres/settings.ts";
import { SETTINGS as OWN_SETTINGS } from "./postgres.ts";
import type { Results } from "./results.ts";
import { median } from "./stats.ts";
import { figure, percent } from "./table.ts";
import { costTable, goalsTable, speedTables, storeTable, wireTable } from "./tables.ts";
import { SYSTEM_NAMES } from "./works.ts";

/** RESULTS.md; the terminal gets the tables of it. */
export function report(results: Results): string {
  return [
    "# Benchmark results",
    "Written by `pnpm bench`; what is measured and how is in [README.md](README.md).",
    circumstances(results),
    "## Goals",
    goalsTable(results),
    "A ratio is taken within each round, and the median over the rounds is what counts. The spread is (largest - " +
      "smallest) / median over the rounds: a goal met by less than that is not safely met.",
    tables(results),
    noise(results),
    ...(results.skipped.length > 0 ? ["## Not measured", list(results.skipped)] : []),
  ]
    .join("\n\n")
    .concat("\n");
}

export function tables(results: Results): string {
  return [
    "## Speed",
    "Medians over the rounds. `Durable is` compares steps/s; `foreign` is the share of the machine that went to " +
      "processes which are not part of the benchmark.",
    speedTables(results),
    ...costs(results),
    ...wire(results),
  ].join("\n\n");
}

function wire(results: Results): string[] {
  const counted = wireTable(results);
  return counted === "" ? [] : ["## On the wire between engine and app", counted];
}

/** The cell in which all systems are compared by cost. */
const COST_CELL = "ten@64";

function costs(results: Results): string[] {
  if (!results.measurements.some(({ cell }) => cell === COST_CELL)) return [];
  return [
    "## What a step costs (10 steps, 64 at a time)",
    costTable(results, COST_CELL),
    "Memory of a single process is its resident set; of Postgres, which is many processes, the proportional share, " +
      "so that shared pages count once. `client` generates the load; `bench` only watches.",
    storeTable(results, COST_CELL),
  ];
}

function circumstances(results: Results): string {
  const { machine } = results;
  return list([
    `${results.startedAt.slice(0, 16).replace("T", " ")} UTC, commit ${results.commit}, seed ${results.seed}`,
    `${machine.cpu}, ${machine.cores} cores for everything (client, apps, engines, databases), ${machine.memoryGiB} GiB; ` +
      `${machine.os}; Node ${machine.node}; a durable 8 KiB write takes ${figure(machine.syncMs)} ms`,
    `${results.rounds} rounds; each window ${results.windowMs / 1000} s after ${results.leadMs / 1000} s of the same load`,
    ...SYSTEM_NAMES.filter((system) => results.versions[system] !== undefined).map(
      (system) => `**${system}**: ${results.versions[system]}; ${results.setups[system]}`,
    ),
    `Postgres: the engine's embedded one, a fresh cluster each time, ${settings()}`,
  ]);
}

function settings(): string {
  const all = { ...EMBEDDED_SETTINGS, ...OWN_SETTINGS };
  const told = [
    "fsync",
    "synchronous_commit",
    "shared_buffers",
    "wal_level",
    "wal_compression",
    "max_wal_size",
  ];
  return `\`${told.map((name) => `${name}=${all[name]}`).join(" ")}\``;
}

const DISTURBED = 0.1;

function noise(results: Results): string {
  const shares = results.measurements.map((one) => one.foreignShare).filter((share) => share !== null);
  if (shares.length === 0) return "How quiet the machine was could not be seen on this system.";
  const disturbed = shares.filter((share) => share > DISTURBED).length;
  const told = `Foreign work took ${percent(median(shares))} of the machine in the median window and ${percent(Math.max(...shares))} in the worst.`;
  return disturbed === 0
    ? told
    : `${told} **${disturbed} of ${shares.length} windows were disturbed (more than ${percent(DISTURBED)}): repeat the measurement on a quiet machine before believing it.**`;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `* ${line}`).join("\n");
}
