// `npm run frameworks [-- next hono]`: the README's apps, each in an empty project, from installation to a completed run.

import { join } from "node:path";
import { tempFolder } from "../support/temp-folder.ts";
import { expectMainJob } from "./expect-main-job.ts";
import { FRAMEWORKS, type Framework } from "./frameworks.ts";
import { playMainJob } from "./main-job.ts";
import { packInto } from "./packages.ts";
import { npm } from "./programs.ts";
import { checkTypes, createProject } from "./project.ts";

const asked = process.argv.slice(2);
const chosen = FRAMEWORKS.filter(({ snippet }) => asked.length === 0 || asked.includes(snippet));
const unknown = asked.filter((name) => !FRAMEWORKS.some(({ snippet }) => snippet === name));
if (unknown.length > 0) {
  const known = [...new Set(FRAMEWORKS.map(({ snippet }) => snippet))].join(" ");
  console.error(`There is no snippet for ${unknown.join(", ")}; there are: ${known}.`);
  process.exit(2);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const folder = tempFolder("frameworks");
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
let failed = 0;

await step("packing the packages", () => packInto(folder));
for (const [index, framework] of chosen.entries()) {
  progress(`${index + 1} of ${chosen.length}: ${framework.name}`);
  try {
    console.log(
      `✓ ${framework.name.padEnd(28)} ${await tryFramework(framework, join(folder, `app-${index}`))}`,
    );
  } catch (error) {
    failed += 1;
    console.log(`✗ ${framework.name}\n${(error as Error).message}`);
  }
}
console.log(`\n${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function tryFramework(framework: Framework, project: string): Promise<string> {
  const installed = await step(`${framework.name}: installing`, () =>
    createProject(project, framework, { withEngine: true, withTypes: true }),
  );
  const checked = await step(`${framework.name}: types`, () => checkTypes(project, framework));
  progress(`${framework.name}: running`);
  const job = await playMainJob(project, framework, project);
  expectMainJob(job);
  return [
    await versionOf(project, framework),
    `installed in ${seconds(installed)}`,
    `${framework.build === undefined ? "types" : "build"} ${seconds(checked)}`,
    `engine and app up ${seconds(job.tookMs.appReady)}`,
    `run completed ${seconds(job.tookMs.run)}`,
  ].join(", ");
}

async function versionOf(project: string, { packages: [name] }: Framework): Promise<string> {
  if (name === undefined) return `Node ${process.versions.node}`;
  const listed = JSON.parse(await npm({ folder: project }, "ls", name, "--json"));
  return `${name} ${listed.dependencies[name].version}`;
}

async function step(what: string, act: () => Promise<unknown>): Promise<number> {
  progress(what);
  const startedMs = performance.now();
  await act();
  return performance.now() - startedMs;
}

function progress(text: string): void {
  console.log(`  ${text} ...`);
}
