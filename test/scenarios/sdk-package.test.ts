// What is published as @durable/sdk: packed as for the registry, unpacked into an empty project, and used there.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { tempFolder } from "../support/temp-folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(join(root, "package.json"));
const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

let project: string;
let sdk: string;
let files: string[];

function run(command: string, args: string[], cwd = project): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stdout + stderr}`);
  return stdout;
}

/** This one, and whatever else is installed: the SDK runs on older versions than its tests. */
function everyNode(): string[] {
  const installed = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  return [process.execPath, ...new Set(installed.filter((file) => existsSync(file)))];
}

const read = (file: string) => readFileSync(join(sdk, file), "utf8");

beforeAll(() => {
  project = tempFolder("sdk-package");
  sdk = join(project, "node_modules/@durable/sdk");
  mkdirSync(sdk, { recursive: true });
  const tarball = run(process.execPath, [join(root, "sdk-ts/scripts/pack.mjs"), project]).trim();
  run("tar", ["-xzf", tarball, "-C", sdk, "--strip-components=1"]);
  files = readdirSync(sdk, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(sdk.length + 1)
        .replaceAll("\\", "/"),
    );
});

describe("the tarball", () => {
  it("brings everything: no dependency of any kind, license and notice inside", () => {
    const manifest = JSON.parse(read("package.json"));
    for (const kind of [
      "dependencies",
      "peerDependencies",
      "optionalDependencies",
      "devDependencies",
      "scripts",
    ])
      expect(manifest[kind], kind).toBeUndefined();
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "NOTICE", "README.md", "package.json"]));
    expect(read("NOTICE")).toContain("@noble/hashes");
    expect(files.every((file) => file.startsWith("dist/") || !file.includes("/"))).toBe(true);
    expect(files.filter((file) => /\.test\.|fixture|\.ts$/.test(file) && !file.endsWith(".d.ts"))).toEqual(
      [],
    );
  });

  it("has a file behind every export, in both languages", () => {
    const { exports } = JSON.parse(read("package.json"));
    const source = JSON.parse(readFileSync(join(root, "sdk-ts/package.json"), "utf8")).exports;
    expect(Object.keys(exports)).toEqual(Object.keys(source));
    for (const { types, default: code } of Object.values<{ types: string; default: string }>(exports))
      expect(files).toEqual(expect.arrayContaining([types.slice(2), code.slice(2)]));
  });

  it("imports nothing that is not in it", () => {
    for (const file of files.filter((name) => /\.(?:js|d\.ts)$/.test(name))) {
      const specifiers = [...read(file).matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g)];
      for (const [, specifier] of specifiers) {
        // Types of Node stand only where an adapter for Node is.
        if (specifier === "node:http" && /adapters\/.*\.d\.ts$/.test(file)) continue;
        expect(specifier, `${file} imports it`).toMatch(/^\.\.?\/.*\.js$/);
      }
      expect(read(file), file).not.toMatch(/\brequire\(|@durable\/protocol/);
    }
  });

  it("names no folder of the machine that packed it", () => {
    for (const file of files) expect(read(file).includes(root), file).toBe(false);
  });
});

describe("in an empty project", () => {
  const paths = () =>
    Object.keys(JSON.parse(read("package.json")).exports).map((path) => `@durable/sdk${path.slice(1)}`);

  /** What else than `serve` an entry is for. */
  const MAIN: Record<string, string> = {
    "@durable/sdk/browser": "watchRun",
    "@durable/sdk/testing": "createTestKit",
    "@durable/sdk/replay": "replayRun",
    "@durable/sdk/eslint": "findMistakes",
  };

  it("loads under every Node at hand", () => {
    writeFileSync(
      join(project, "load.mjs"),
      `${paths()
        .map(
          (path) =>
            `if (typeof (await import("${path}")).${MAIN[path] ?? "serve"} !== "function") throw new Error("${path}");`,
        )
        .join("\n")}
       const { createFunction } = await import("@durable/sdk");
       const { serve } = await import("@durable/sdk/node");
       serve({ app: "a", functions: [createFunction({ id: "f", handler: () => 1 })] });
       console.log("loaded");`,
    );
    for (const node of everyNode()) expect(run(node, ["load.mjs"]), node).toBe("loaded\n");
  });

  it("compiles under --strict with every library checked", () => {
    mkdirSync(join(project, "node_modules/@types"), { recursive: true });
    symlinkSync(
      dirname(require.resolve("@types/node/package.json")),
      join(project, "node_modules/@types/node"),
    );
    writeFileSync(
      join(project, "all.mts"),
      paths()
        .map((path, index) => `import * as m${index} from "${path}"; export { m${index} };`)
        .join("\n"),
    );
    run(process.execPath, [
      compiler,
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "false",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--types",
      "node",
      "all.mts",
    ]);
  });

  it("compiles what its README shows", () => {
    const blocks = [...read("README.md").matchAll(/^```ts file=(\S+)\n([\s\S]*?)^```$/gm)];
    const yours = `
      export const users = { find: async (id: number) => ({ id, mail: "ada@example.com" }) };
      export const mail = { send: async (to: string, options: { idempotencyKey: string }) => [to, options] };`;
    for (const [, file, code] of [...blocks, ["", "yours.ts", yours]])
      writeFileSync(join(project, file!.replace(/\.ts$/, ".mts")), code!.replaceAll('.ts"', '.mjs"'));
    const names = blocks.map(([, file]) => file!.replace(/\.ts$/, ".mts"));
    expect(names).toEqual(["functions.mts", "send.mts"]);
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--types", ""];
    run(process.execPath, [compiler, ...options, "--lib", "es2022,dom", ...names]);
  });

  it("compiles what the guide shows of a page and its server", () => {
    const guide = readFileSync(join(root, "docs/guides/browser.md"), "utf8");
    const [server, page, ...others] = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
      ([, code]) => code,
    );
    expect([server, page, others]).toEqual([expect.any(String), expect.any(String), []]);
    writeFileSync(join(project, "guide-server.mts"), server!);
    const given = `declare const url: string; declare const token: string; declare function show(...of: unknown[]): void;`;
    writeFileSync(join(project, "guide-page.mts"), `${given}\n${page}`);
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--types", ""];
    run(process.execPath, [
      compiler,
      ...options,
      "--lib",
      "es2022,dom",
      "guide-server.mts",
      "guide-page.mts",
    ]);
  });

  it("compiles without Node's types where there is no Node", () => {
    writeFileSync(
      join(project, "worker.mts"),
      `import { createFunction, serve } from "@durable/sdk";
       const hello = createFunction({
         id: "hello",
         handler: async ({ step }) => ({ at: await step.run("now", () => new Date()) }),
       });
       export default { fetch: serve({ app: "shop", functions: [hello] }) };`,
    );
    run(process.execPath, [
      compiler,
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "false",
      "--module",
      "esnext",
      "--moduleResolution",
      "bundler",
      "--target",
      "es2022",
      "--lib",
      "es2022,dom",
      "--types",
      "",
      "worker.mts",
    ]);
  });
});
