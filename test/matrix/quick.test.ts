// The hosts of `npm run matrix` that need no installation: this Node, a bundle with web standards alone, and Lambda events.
import { afterAll, beforeAll, expect, test } from "vitest";
import { snippetsOf } from "../frameworks/snippets.ts";
import { startEngine } from "../scenarios/api-engine.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { runKitAgainst } from "./columns/conformance.ts";
import { measureSpeed } from "./columns/speed.ts";
import { runEveryStep } from "./columns/steps.ts";
import { moveBetween } from "./deploys.ts";
import { HOSTS, hostsNamed } from "./hosts.ts";
import { install, packSdk } from "./installation.ts";
import { sync } from "./matrix-engine.ts";
import { makeProject } from "./project.ts";
import { whileHostRuns } from "./running-host.ts";

const TIMEOUT_MS = 180_000;
const QUICK = HOSTS.filter(({ isQuick }) => isQuick);
/** A second's worth of the kit's cases takes ten without Node's own clock, and Node itself has the kit's own test. */
const WITH_THE_KIT = ["lambda-alb", "php-fpm-laravel"];
const projects = new Map<string, string>();
let engine: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  const folder = tempFolder("matrix");
  const sdk = await packSdk(folder);
  for (const host of QUICK) {
    const project = await install(host, sdk, folder);
    await makeProject(host, project);
    projects.set(host.name, project);
  }
  engine = await startEngine({ adminToken: null });
}, TIMEOUT_MS);
afterAll(() => engine?.stop());

test.for(QUICK.map((host) => ({ host, title: host.title })))(
  "$title: every kind of step, and signed answers to many at once",
  { timeout: TIMEOUT_MS },
  async ({ host }) => {
    const project = projects.get(host.name)!;
    if (WITH_THE_KIT.includes(host.name))
      expect((await runKitAgainst(host, project, { mutations: false })).failed).toEqual([]);
    await whileHostRuns(host, project, engine.url, async (url) => {
      await sync(engine, url);
      expect((await runEveryStep(engine)).entries).toBeGreaterThan(150);
      expect(await measureSpeed(url, { requests: 100 })).toBeGreaterThan(0);
    });
  },
);

test("a run sleeps through a deploy from Node to Lambda", { timeout: TIMEOUT_MS }, async () => {
  const side = (name: string) => ({ host: hostsNamed([name])[0]!, folder: projects.get(name)! });
  const { from, to } = await moveBetween(engine, side("node-here"), side("lambda-url"));
  expect([from, to]).toEqual([expect.stringMatching(/^node /), expect.stringMatching(/^node /)]);
});

test("every snippet of the page about hosts belongs to a row, and every row has a name of its own", () => {
  const used = new Set(
    HOSTS.flatMap(({ snippet }) => (snippet?.page === "docs/guides/hosts.md" ? [snippet.framework] : [])),
  );
  const shown = snippetsOf("docs/guides/hosts.md").map(({ framework }) => framework);
  expect(shown.length).toBeGreaterThan(5);
  expect([...new Set(shown)].sort()).toEqual([...used].sort());
  expect(new Set(HOSTS.map(({ name }) => name)).size).toBe(HOSTS.length);
  expect(() => hostsNamed(["node-20", "gone"])).toThrow(/There is no host gone; there are: node-20 /);
});
