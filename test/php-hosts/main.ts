// `npm run php-hosts [-- php-laravel php-fpm]`: the SDK for PHP in every host, those of other Debians and of WebAssembly among
// them: the conformance kit, every kind of step on a real engine, and requests per second.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "../support/temp-folder.ts";
import { HAS_KIT, runKitAgainst } from "./columns/conformance.ts";
import { measureSpeed } from "./columns/speed.ts";
import { runEveryStep } from "./columns/steps.ts";
import { startLoneEngine } from "./engine.ts";
import { sync } from "./engine-client.ts";
import type { Host } from "./host.ts";
import { hosts } from "./hosts.ts";
import { installPackages } from "./packages.ts";
import { buildHost, startHost } from "./run-host.ts";

const asked = process.argv.slice(2);
const chosen = hosts.filter(({ name }) => asked.length === 0 || asked.some((one) => name.startsWith(one)));
if (chosen.length === 0) {
  console.error(`There is no host ${asked.join(", ")}; there are: ${hosts.map(({ name }) => name).join(" ")}.`);
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
if (!HAS_KIT) console.log("  the conformance kit is not here, so it is left out");

const folder = tempFolder("php-hosts");
const engine = await startLoneEngine();
let flaws = 0;
for (const host of chosen) {
  try {
    console.log(`✓ ${await tryHost(host)}`);
  } catch (error) {
    flaws += 1;
    console.log(`✗ ${host.title}: ${(error as Error).message}`);
  }
}
await engine.stop();
console.log(flaws === 0 ? "PASSED" : `FAILED: ${flaws} of ${chosen.length}`);
process.exit(flaws === 0 ? 0 : 1);

async function tryHost(host: Host): Promise<string> {
  const project = join(folder, host.name);
  mkdirSync(project, { recursive: true });
  await installPackages(host, project);
  await buildHost(host, project);
  const said = [host.title, host.version(project)];
  if (HAS_KIT) {
    const { passed, failed, notImplemented } = await runKitAgainst(host, project);
    if (failed.length > 0) throw new Error(failed.join("\n"));
    said.push(`${passed} cases, ${notImplemented.length} declared gaps`);
  }
  const app = await startHost(host, project, engine.url);
  try {
    await sync(engine, app.url);
    const { entries, ms } = await runEveryStep(engine);
    said.push(`${entries} entries in ${(ms / 1_000).toFixed(1)} s`, `${await measureSpeed(app.url)} requests/s`);
  } catch (error) {
    throw new Error(`${(error as Error).message}\nThe app said:\n${app.said()}`, { cause: error });
  } finally {
    await app.stop();
  }
  return said.join(" · ");
}
