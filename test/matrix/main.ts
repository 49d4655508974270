// `npm run matrix [-- bun deno]`: the SDK's package on every host, as its users have it there.

import { tempFolder } from "../support/temp-folder.ts";
import { HAS_KIT, runKitAgainst } from "./columns/conformance.ts";
import { measureSpeed } from "./columns/speed.ts";
import { runEveryStep } from "./columns/steps.ts";
import { moveBetween } from "./deploys.ts";
import { startMatrixEngine } from "./engine.ts";
import type { Host } from "./host.ts";
import { HOSTS, hostsNamed } from "./hosts.ts";
import { install, packSdk } from "./installation.ts";
import { sync } from "./matrix-engine.ts";
import { makeProject } from "./project.ts";
import { HOST_HEAD, MOVE_HEAD, type Row, tableOf, writeResults } from "./results.ts";
import { startHost } from "./running-host.ts";

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
if (!HAS_KIT) console.log("  the conformance kit is not here, so its column stays empty");

progress("packing the SDK");
const sdk = await packSdk(folder);
progress("starting an engine");
const engine = await startMatrixEngine();
try {
  const projects = new Map<string, string>();
  const rows: Row[] = [];
  for (const [at, host] of chosen.entries()) {
    progress(`${at + 1} of ${chosen.length}: ${host.title}`);
    const row = await tryHost(host, projects);
    rows.push(row);
    console.log(`${row.includes("failed") ? "✗" : "✓"} ${row.join(" · ")}`);
  }
  const moves: Row[] = [];
  for (const [from, to] of MOVES) {
    if (!projects.has(from) || !projects.has(to)) continue;
    progress(`a deploy from ${from} to ${to}`);
    const row = await tryMove(from, to, projects);
    moves.push(row);
    console.log(`${row.includes("failed") ? "✗" : "✓"} ${row.join(" · ")}`);
  }
  writeResults(
    rows,
    moves,
    HOSTS.map(({ title }) => title),
  );
  console.log(`\n${tableOf(HOST_HEAD, rows)}\n\n${tableOf(MOVE_HEAD, moves)}\n`);
} finally {
  await engine.stop();
}
for (const flaw of flaws) console.log(`! ${flaw}`);
console.log(
  `${flaws.length === 0 ? "PASSED" : `FAILED: ${flaws.length} flaws`}; test/matrix/RESULTS.md is written`,
);
process.exit(flaws.length === 0 ? 0 : 1);

async function tryHost(host: Host, projects: Map<string, string>): Promise<Row> {
  const cells = { version: "", kit: HAS_KIT ? "" : "-", steps: "", speed: "" };
  const row = (): Row => [host.title, cells.version, cells.kit, cells.steps, cells.speed];
  try {
    progress(`${host.title}: installing`);
    const project = await install(host, sdk, folder);
    cells.version = host.version?.(project) ?? Object.values(host.packages)[0] ?? "";
    progress(`${host.title}: building`);
    await makeProject(host, project);
    if (HAS_KIT) {
      progress(`${host.title}: conformance`);
      const { passed, failed, notImplemented } = await runKitAgainst(host, project);
      cells.kit = `${passed} passed, ${failed.length} failed, ${notImplemented} not implemented`;
      for (const flaw of failed) flaws.push(`${host.title}, ${flaw}`);
    }
    progress(`${host.title}: every kind of step`);
    const app = await startHost(host, project, engine.url);
    try {
      await sync(engine, app.url);
      const { entries, ms } = await runEveryStep(engine);
      cells.steps = `${entries} entries in ${(ms / 1_000).toFixed(1)} s`;
      progress(`${host.title}: requests per second`);
      cells.speed = String(await measureSpeed(app.url));
    } catch (error) {
      throw new Error(`${(error as Error).message}\nThe app said:\n${app.said()}`, { cause: error });
    } finally {
      await app.stop();
    }
    projects.set(host.name, project);
  } catch (error) {
    flaws.push(`${host.title}: ${(error as Error).message}`);
    for (const cell of ["kit", "steps", "speed"] as const) {
      if (cells[cell] !== "") continue;
      cells[cell] = "failed";
      break;
    }
  }
  return row();
}

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
