// `npm run matrix [-- bun deno]`: the SDK's package on every host, as its users have it there.

import { tempFolder } from "../support/temp-folder.ts";
import { moveBetween } from "./deploys.ts";
import { startMatrixEngine } from "./engine.ts";
import type { Host } from "./host.ts";
import { HOSTS, hostsNamed } from "./hosts.ts";
import { packSdk } from "./installation.ts";
import { HOST_HEAD, MOVE_HEAD, type Row, tableOf, writeResults } from "./results.ts";
import { tryHost } from "./try-host.ts";

/** Deploys that are tried when both sides are asked for. */
const MOVES = [
  ["node-24", "bun"],
  ["bun", "node-24"],
  ["node-24", "deno"],
  ["node-20", "node-26"],
  ["node-24", "workerd"],
  ["express", "lambda-url"],
] as const;

const asked = process.argv.slice(2);
let chosen: readonly Host[];
try {
  chosen = hostsNamed(asked);
} catch (error) {
  console.error((error as Error).message);
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const startedAtMs = performance.now();
const flaws: string[] = [];
const folder = tempFolder("matrix");

progress("packing the SDK");
const sdk = await packSdk(folder);
progress("starting an engine");
const engine = await startMatrixEngine();
try {
  const projects = new Map<string, string>();
  const rows: Row[] = [];
  const moves: Row[] = [];
  // After each: a run that is ended has told what it found.
  const write = () =>
    writeResults(
      { hosts: rows, moves },
      HOSTS.map(({ title }) => title),
    );
  for (const [at, host] of chosen.entries()) {
    progress(`${at + 1} of ${chosen.length}: ${host.title}`);
    const trial = await tryHost(host, { engine, sdk, within: folder, progress });
    if (trial.folder !== null) projects.set(host.name, trial.folder);
    rows.push(trial.row);
    flaws.push(...trial.flaws);
    write();
    console.log(`${trial.flaws.length === 0 ? "✓" : "✗"} ${trial.row.join(" · ")}`);
  }
  for (const [from, to] of MOVES) {
    if (!projects.has(from) || !projects.has(to)) continue;
    progress(`a deploy from ${from} to ${to}`);
    const row = await tryMove(from, to, projects);
    moves.push(row);
    write();
    console.log(`${row.includes("failed") ? "✗" : "✓"} ${row.join(" · ")}`);
  }
  console.log(`\n${tableOf(HOST_HEAD, rows)}\n\n${tableOf(MOVE_HEAD, moves)}\n`);
} finally {
  await engine.stop();
}
for (const flaw of flaws) console.log(`! ${flaw}`);
console.log(
  `${flaws.length === 0 ? "PASSED" : `FAILED: ${flaws.length} flaws`}; test/matrix/RESULTS.md is written`,
);
process.exit(flaws.length === 0 ? 0 : 1);

async function tryMove(from: string, to: string, projects: ReadonlyMap<string, string>): Promise<Row> {
  const side = (name: string) => ({
    host: HOSTS.find((host) => host.name === name)!,
    folder: projects.get(name)!,
  });
  const [source, target] = [side(from), side(to)];
  try {
    const move = await moveBetween(engine, source, target);
    return [source.host.title, target.host.title, `${move.from}, then ${move.to}`, "completed"];
  } catch (error) {
    flaws.push(`From ${from} to ${to}: ${(error as Error).message}`);
    return [source.host.title, target.host.title, "", "failed"];
  }
}

function progress(text: string): void {
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(0);
  console.log(`  ${seconds.padStart(4)} s  ${text} ...`);
}
