// A client that a stranger's generator makes from the document that the engine serves: it compiles, starts a function, waits for it
// and reads its trace; and its types say null exactly where null may stand.
import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFunction } from "@durable/sdk";
import { beforeAll, expect, test } from "vitest";
import { tempFolder } from "../support/temp-folder.ts";
import { engineWithApp } from "./engine-with-app.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const ours = createRequire(join(root, "package.json"));
const compiler = join(dirname(ours.resolve("typescript/package.json")), "bin/tsc");
const theirs = createRequire(import.meta.url);
const generator = join(dirname(theirs.resolve("openapi-typescript/package.json")), "bin/cli.js");

const hello = createFunction({
  id: "hello",
  handler: async ({ event, step }) => {
    const { name } = event.data as { name: string };
    return await step.run("greet", () => `Hello, ${name}!`);
  },
});

const { engine } = engineWithApp("shop", [hello]);
let project: string;

const PROGRAM = `
import createClient from "openapi-fetch";
import type { paths } from "./engine.ts";

const client = createClient<paths>({ baseUrl: process.argv[2]! });
const shop = { app: "shop", env: "dev" };

const started = await client.POST("/v1/apps/{app}/{env}/functions/{fn}/trigger", {
  params: { path: { ...shop, fn: "hello" }, query: { wait: 20 } },
  body: { data: { name: "Ada" } },
});
if (started.error !== undefined) throw new Error(started.error.detail);
const id: string = started.data.run;

const run = await client.GET("/v1/apps/{app}/{env}/runs/{id}", { params: { path: { ...shop, id } } });
if (run.error !== undefined) throw new Error(run.error.detail);
// Null is among the types where it may stand, and nowhere else.
const circuit: "closed" | "open" | "limited" | null = run.data.live?.circuit?.state ?? null;
const why: string | null = run.data.failure === null ? null : run.data.failure.message;
const parent: string | null = run.data.parent === null ? null : run.data.parent.run;
const step: string = run.data.steps[0]!.name;

const trace = await client.GET("/v1/apps/{app}/{env}/runs/{id}/trace", { params: { path: { ...shop, id }, query: {} } });
if (trace.error !== undefined) throw new Error(trace.error.detail);

const missing = await client.GET("/v1/apps/{app}/{env}/runs/{id}", { params: { path: { ...shop, id: "none" } } });
const { status, output } = run.data;
const names = trace.data.spans.map((span) => span.name);
console.log(JSON.stringify({ status, output, circuit, why, parent, step, names, refused: missing.error?.code }));
`;

/** What must not compile: a failure, and how long a run took, may be null. */
const CARELESS = `
import type { components } from "./engine.ts";
type Run = components["schemas"]["Run"];
export const message = (run: Run): string => run.failure.message;
export const state = (run: Run): string => run.live!.circuit.state;
export const status = (result: components["schemas"]["BulkResult"]): string => result.new_status;
`;

/** Not in step with this process, in which the engine answers. */
function run(file: string, ...args: string[]): Promise<{ code: number | null; out: string; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, ...args], { cwd: project }, (_, out, err) =>
      resolve({ code: child.exitCode, out, said: out + err }),
    );
  });
}

const check = (file: string) =>
  run(
    compiler,
    ...["--noEmit", "--strict", "--skipLibCheck", "false", "--allowImportingTsExtensions"],
    ...["--module", "nodenext", "--target", "es2022", "--lib", "es2022,dom", "--types", "node", file],
  );

beforeAll(async () => {
  project = tempFolder("foreign-client");
  mkdirSync(join(project, "node_modules/@types"), { recursive: true });
  for (const name of ["openapi-fetch", "openapi-typescript-helpers"]) {
    const from = name === "openapi-fetch" ? theirs : createRequire(theirs.resolve("openapi-fetch"));
    symlinkSync(packageFolder(from, name), join(project, "node_modules", name));
  }
  symlinkSync(dirname(ours.resolve("@types/node/package.json")), join(project, "node_modules/@types/node"));
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
  const document = await engine.call("GET", "/v1/openapi.json");
  writeFileSync(join(project, "openapi.json"), document.text);
  const generated = await run(generator, "openapi.json", "-o", "engine.ts");
  expect(generated.code, generated.said).toBe(0);
  writeFileSync(join(project, "program.ts"), PROGRAM);
  writeFileSync(join(project, "careless.ts"), CARELESS);
});

function packageFolder(from: NodeJS.Require, name: string): string {
  const file = from.resolve(name);
  return file.slice(0, file.lastIndexOf(`/${name}/`) + name.length + 1);
}

test("it compiles, runs a function and reads its trace", async () => {
  const checked = await check("program.ts");
  expect(checked.code, checked.said).toBe(0);
  const ran = await run("program.ts", engine.url);
  expect(ran.code, ran.said).toBe(0);
  expect(JSON.parse(ran.out)).toEqual({
    status: "completed",
    output: "Hello, Ada!",
    circuit: null,
    why: null,
    parent: null,
    step: "greet",
    names: expect.arrayContaining(["greet"]),
    refused: "not-found",
  });
});

test("its types do not let anybody forget that something may be null", async () => {
  const { code, said } = await check("careless.ts");
  expect(code).not.toBe(0);
  const lines = said.split("\n").filter((line) => line.startsWith("careless.ts"));
  expect(lines).toEqual([
    expect.stringMatching(/\(4,.*'run\.failure' is possibly 'null'/),
    expect.stringMatching(/\(5,.*is possibly 'null'/),
    expect.stringMatching(/\(6,.*'string \| null' is not assignable to type 'string'/),
  ]);
});
