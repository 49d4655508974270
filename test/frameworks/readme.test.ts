// The cheap half of `npm run frameworks`: the README's Express and node:http apps, from `npm install` to a completed run.
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { tempFolder } from "../support/temp-folder.ts";
import { expectMainJob } from "./expect-main-job.ts";
import { CHEAP, FRAMEWORKS, filesOf } from "./frameworks.ts";
import { playMainJob } from "./main-job.ts";
import { packInto } from "./packages.ts";
import { run } from "./programs.ts";
import { createProject } from "./project.ts";
import { snippets } from "./readme.ts";

const TIMEOUT_MS = 180_000;
let folder: string;
const projectOf = (index: number) => join(folder, `app-${index}`);

beforeAll(async () => {
  folder = tempFolder("frameworks");
  await packInto(folder);
  // One has the command line too, as the README installs it; the others the SDK alone.
  await Promise.all(
    CHEAP.map((framework, index) =>
      createProject(projectOf(index), framework, { withEngine: index === 0, withTypes: false }),
    ),
  );
}, TIMEOUT_MS);

test.concurrent.for(CHEAP.map((framework, index) => ({ framework, index, name: framework.name })))(
  "$name: all five kinds of steps, by the README alone",
  { timeout: TIMEOUT_MS },
  async ({ framework, index }) => expectMainJob(await playMainJob(projectOf(index), framework, projectOf(0))),
);

test("the kit that holds an SDK to the protocol is packed with them, and runs", async () => {
  const kit = join(projectOf(0), "node_modules/.bin/durable-conformance");
  expect(await run({ folder: projectOf(0) }, kit, "--list")).toContain("L0-serial");
});

test("every snippet of the README belongs to an app that is tried", () => {
  const used = new Set(
    FRAMEWORKS.flatMap((framework) => filesOf(framework)).map(
      ({ file, framework }) => `${framework} ${file}`,
    ),
  );
  for (const { file, framework } of snippets) expect(used).toContain(`${framework} ${file}`);
});
