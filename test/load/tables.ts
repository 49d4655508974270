import { IDLE_MEMORY_GOAL_MIB, idleMemoryMiB, judge } from "./goals.ts";
import { medianOf, of, type Results, ratios } from "./results.ts";
import { median, spread } from "./stats.ts";
import { figure, NOTHING, percent, table } from "./table.ts";
import { type Cell, cellName, cellTitle, SYSTEM_NAMES, type SystemName, WORKS } from "./works.ts";

export function goalsTable(results: Results): string {
  const rows = judge(results).map(({ goal, value, spread: apart, met }) => [
    goal.title,
    "atLeast" in goal.bound
      ? `>= ${amount(goal.bound.atLeast, goal.unit)}`
      : `<= ${amount(goal.bound.atMost, goal.unit)}`,
    figure(value, goal.unit),
    value === null ? NOTHING : percent(apart),
    met === null ? "not measured" : met ? "yes" : "NO",
  ]);
  const idle = idleMemoryMiB(results);
  const judged = Number.isFinite(idle) ? (idle <= IDLE_MEMORY_GOAL_MIB ? "yes" : "NO") : "not measured";
  rows.push([
    "engine's memory when idle",
    `<= ${IDLE_MEMORY_GOAL_MIB} MiB`,
    figure(idle, " MiB"),
    NOTHING,
    judged,
  ]);
  return table(["goal (Durable)", "wanted", "measured", "spread", "met"], rows);
}

/** One table per work that several systems did: a row per concurrency and system. */
export function speedTables(results: Results): string {
  return Object.values(WORKS)
    .filter((work) => work.cells.some((cell) => measured(results, cellName(work, cell)).length > 0))
    .map((work) => {
      const rows = work.cells.flatMap((cell) => speedRows(results, cellName(work, cell), cell));
      return `### ${work.title}\n\n${table(SPEED_HEAD, rows)}`;
    })
    .join("\n\n");
}

const SPEED_HEAD = [
  "",
  "system",
  "steps/s",
  "runs/s",
  "p50 ms",
  "p99 ms",
  "ms/step",
  "Durable is",
  "spread",
  "foreign",
];

function speedRows(results: Results, cell: string, definition: Cell): string[][] {
  return measured(results, cell).map((system) => {
    const ratio = ratios(results, "stepsPerS", { system: "durable", cell }, { system, cell });
    const own = of(results, system, cell);
    const p50Ms = medianOf(results, system, cell, "p50Ms");
    const alone = definition.kind === "runs" && definition.concurrency === 1;
    const loaded = definition.kind !== "latency";
    return [
      cellTitle(definition),
      system,
      loaded ? figure(medianOf(results, system, cell, "stepsPerS")) : NOTHING,
      loaded ? figure(medianOf(results, system, cell, "runsPerS")) : NOTHING,
      figure(p50Ms),
      figure(medianOf(results, system, cell, "p99Ms")),
      alone ? figure(p50Ms / definition.steps) : NOTHING,
      system === "durable" || ratio.length === 0 ? NOTHING : figure(median(ratio), " x"),
      percent(spread(own.map((one) => one.stepsPerS))),
      percent(median(own.map((one) => one.foreignShare ?? Number.NaN))),
    ];
  });
}

/** What a step costs, per process: the ten-step work under load, where all systems do the same. */
export function costTable(results: Results, cell: string): string {
  const rows = measured(results, cell).flatMap((system) => {
    const own = of(results, system, cell);
    const processes = Object.keys(own[0]!.cpuSPer1000Steps).map((process) => [
      system,
      process,
      figure(medianAt(own, (one) => one.cpuSPer1000Steps[process])),
      figure(medianAt(results.idleBytes[system] ?? [], (idle) => idle[process]) / 2 ** 20),
      figure(medianAt(own, (one) => one.memoryBytes[process]) / 2 ** 20),
    ]);
    const all = medianAt(own, (one) =>
      Object.values(one.cpuSPer1000Steps).reduce((sum, each) => sum + each, 0),
    );
    return [...processes, [system, "**all**", figure(all), NOTHING, NOTHING]];
  });
  return table(["system", "process", "CPU s / 1,000 steps", "MiB idle", "MiB under load"], rows);
}

export function storeTable(results: Results, cell: string): string {
  const rows = measured(results, cell)
    .map((system) => ({ system, own: of(results, system, cell) }))
    .filter(({ own }) => own[0]!.postgresPerStep !== null)
    .map(({ system, own }) => {
      const commits = medianAt(own, (one) => one.countersPerStep?.["commits"]);
      const outcomes = medianAt(own, (one) => one.countersPerStep?.["outcomes"]);
      return [
        system,
        figure(medianAt(own, (one) => one.postgresPerStep?.["transactions"])),
        figure(medianAt(own, (one) => one.postgresPerStep?.["walBytes"])),
        figure(medianAt(own, (one) => one.postgresPerStep?.["walSyncs"])),
        figure(outcomes / commits),
        figure(medianAt(own, (one) => one.countersPerStep?.["statements"])),
      ];
    });
  return table(
    [
      "system",
      "transactions/step",
      "WAL bytes/step",
      "WAL flushes/step",
      "outcomes/commit",
      "statements/step",
    ],
    rows,
  );
}

/** What engine and app say to each other; long runs show whether it grows with what was said before. */
export function wireTable(results: Results): string {
  const rows = Object.values(WORKS)
    .flatMap((work) =>
      work.cells.map((cell) => ({ cell, own: of(results, "durable", cellName(work, cell)) })),
    )
    .filter(({ own }) => own.length > 0)
    .map(({ cell, own }) => [
      cellTitle(cell),
      figure(medianAt(own, (one) => one.countersPerStep?.["requests"])),
      figure(medianAt(own, (one) => one.countersPerStep?.["received"])),
      figure(medianAt(own, (one) => one.countersPerStep?.["sent"])),
    ]);
  return rows.length === 0
    ? ""
    : table(["Durable", "requests/step", "bytes to the app/step", "bytes back/step"], rows);
}

function measured(results: Results, cell: string): SystemName[] {
  return SYSTEM_NAMES.filter((system) => of(results, system, cell).length > 0);
}

function medianAt<Item>(items: readonly Item[], read: (item: Item) => number | undefined): number {
  return median(items.map(read).filter((value) => value !== undefined));
}

function amount(value: number, unit: string): string {
  return `${value.toLocaleString("en-US")}${unit}`;
}
