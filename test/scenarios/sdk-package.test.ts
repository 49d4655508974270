// What is published as @durable/sdk: packed as for the registry, unpacked into an empty project, and used there.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type OutputFile } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { invoke, SECRET, signed } from "../../sdk-ts/src/http/signed-sample.ts";
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

/** @throws Error with what the compiler says of them. */
function compile(sources: readonly string[], ...options: readonly string[]): void {
  run(process.execPath, [compiler, "--noEmit", "--strict", "--target", "es2022", ...options, ...sources]);
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

  it("has a source map for every file of code, whose sources are inside and stand in the package", () => {
    const code = files.filter((file) => file.endsWith(".js"));
    expect(code.length).toBeGreaterThan(10);
    for (const file of code) {
      expect(read(file), file).toMatch(/\n\/\/# sourceMappingURL=\S+\.js\.map\n$/);
      const { sources, sourcesContent } = JSON.parse(read(`${file}.map`));
      expect(sourcesContent.length, file).toBe(sources.length);
      for (const source of sources) {
        const inPackage = posix.join(posix.dirname(file), source);
        expect(inPackage, file).toMatch(
          /^src\/(?:(?:protocol\/)?[\w-]+(?:\/[\w-]+)*\.ts|@noble\/hashes\/[\w-]+\.js)$/,
        );
      }
    }
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

  const EVERY_LIBRARY = ["--skipLibCheck", "false"];
  const STRICTEST = [
    "--exactOptionalPropertyTypes",
    "--noUncheckedIndexedAccess",
    "--noPropertyAccessFromIndexSignature",
    "--noImplicitOverride",
    "--isolatedModules",
    "--verbatimModuleSyntax",
  ];

  /** The standards of the web, and no types of Node. */
  const NO_NODE = ["--lib", "es2022,dom", "--types", ""];

  /** Every adapter, given what its host gives it, and options that may be undefined. */
  const USER = `
    import { createServer } from "node:http";
    import { createFunction, Durable, type DurableFunction, serve } from "@durable/sdk";
    import { serve as serveCloudflare } from "@durable/sdk/cloudflare";
    import { serve as serveLambda } from "@durable/sdk/lambda";
    import { serve as serveNext, servePages } from "@durable/sdk/next";
    import { serve as serveNode } from "@durable/sdk/node";
    import { serve as serveSvelteKit } from "@durable/sdk/sveltekit";

    const secret: string | undefined = process.env["DURABLE_SECRET"];
    const hello = createFunction({
      id: "hello",
      trigger: { event: "said" },
      handler: async ({ event, step }) => {
        const both: readonly [number, number] = await Promise.all([step.run("a", () => 1), step.run("b", () => 2)]);
        const raced = await step.race({ fast: (branch) => branch.run("fast", () => "x"), slow: (branch) => branch.sleep("slow", "1d") });
        return { both, raced: raced.branch, name: event.name };
      },
    });
    const functions: readonly DurableFunction[] = [hello];
    export const options = { app: "shop", functions, secret, maxDuration: "25s" } as const;
    export const fetches: (request: Request) => Promise<Response> = serve(options);
    export default { fetch: serveCloudflare(options) };
    export const handler = serveLambda(options);
    export const { GET, POST } = serveNext(options);
    export const pages = servePages(options);
    export const fallback = serveSvelteKit(options);
    createServer(serveNode(options)).close();
    export const { status }: { status: "completed" | string } = { status: typeof new Durable({ app: "shop" }).send };
  `;

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

  it.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])(
    "compiles under the strictest compiler, as %s found by %s, with every library checked",
    (module, resolution) => {
      const types = join(project, "node_modules/@types/node");
      mkdirSync(dirname(types), { recursive: true });
      if (!existsSync(types)) symlinkSync(dirname(require.resolve("@types/node/package.json")), types);
      writeFileSync(join(project, "user.mts"), USER);
      writeFileSync(
        join(project, "all.mts"),
        paths()
          .map((path, index) => `import * as m${index} from "${path}"; export { m${index} };`)
          .join("\n"),
      );
      const found = ["--module", module, "--moduleResolution", resolution, "--types", "node"];
      compile(["all.mts", "user.mts"], ...EVERY_LIBRARY, ...STRICTEST, ...found);
    },
  );

  it.each<[string, string, readonly string[]]>([
    ["@durable/sdk", "serve", []],
    ["@durable/sdk/express", "serve", ["express", "node-open-request", "node", "read-before"]],
    ["@durable/sdk/lambda", "serve", ["lambda-event", "lambda"]],
    ["@durable/sdk/cloudflare", "serve", ["cloudflare"]],
    ["@durable/sdk/next", "serve", ["next"]],
  ])("leaves the other adapters out of a bundle with %s's %s", async (path, name, adapters) => {
    expect(await sourcesOf(`export { ${name} } from "${path}";`, "src/adapters/")).toEqual(
      adapters.map((adapter) => `${adapter}.ts`),
    );
  });

  it("leaves what runs functions out of a bundle that only sends events", async () => {
    const sending = (await bundled('export { Durable } from "@durable/sdk";'))[0]!.text;
    const serving = (await bundled('export { serve } from "@durable/sdk";'))[0]!.text;
    // Names of members, which no minifier changes.
    for (const kind of ["waitForApproval", "waitForSignal", "forEach:", "createToken", "fanOut"]) {
      expect(serving).toContain(kind);
      expect(sending).not.toContain(kind);
    }
    expect(sending.length).toBeLessThan(serving.length / 2);
  });

  async function bundled(contents: string, more: BuildOptions = {}): Promise<OutputFile[]> {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: project },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "neutral",
      target: "es2022",
      ...more,
    });
    return outputFiles!;
  }

  /** The sources below a folder of the package of which something is left in a bundle; its maps tell. */
  async function sourcesOf(contents: string, below: string): Promise<string[]> {
    const outputs = await bundled(contents, { outdir: project, sourcemap: true });
    const { sources } = JSON.parse(outputs.find(({ path }) => path.endsWith(".map"))!.text);
    return (sources as string[])
      .map((source) => source.split("node_modules/@durable/sdk/")[1] ?? "")
      .filter((source) => source.startsWith(below))
      .map((source) => source.slice(below.length))
      .sort();
  }

  describe("an error names the line of the user", () => {
    /** Line 6 throws; the column is where the error is made. */
    const APP = `import { createFunction } from "@durable/sdk";
import { serve } from "@durable/sdk";

interface Card { readonly owner: string }
function charge(card: Card): never {
  throw new TypeError(\`\${card.owner} has no money\`);
}
export const pay = createFunction({
  id: "pay",
  handler: ({ event, step }) => step.run("charge", () => charge(event.data as Card)),
});
const [url, headers, body] = process.argv.slice(2);
const request = new Request(url!, { method: "POST", headers: JSON.parse(headers!), body: body! });
console.log(await (await serve({ app: "shop", functions: [pay] })(request)).text());
`;
    const body = invoke("pay", { owner: "Ann" });

    function frameSaidBy(args: readonly string[]): string {
      const environment = { ...process.env, DURABLE_DEV: "1", DURABLE_SECRET: SECRET, NODE_OPTIONS: "" };
      const headers = JSON.stringify(signed(body));
      const { stdout, stderr } = spawnSync(
        process.execPath,
        [...args, "http://localhost/api/durable", headers, body],
        { cwd: project, encoding: "utf8", env: environment },
      );
      expect(stdout, stderr).toContain('"status":"continue"');
      return JSON.parse(stdout).ops[0].error.frame;
    }

    it("where its file runs as it is", () => {
      writeFileSync(join(project, "pay.ts"), APP);
      writeFileSync(join(project, "package.json"), '{"type":"module"}');
      expect(frameSaidBy(["pay.ts"])).toBe(
        [
          "pay.ts:6:9",
          ...[5, 6, 7].map((at) => `${at === 6 ? ">" : " "} ${at} | ${APP.split("\n")[at - 1]}`),
        ].join("\n"),
      );
    });

    it("where it is bundled together with the SDK and has a source map", async () => {
      writeFileSync(join(project, "pay.ts"), APP);
      await build({
        absWorkingDir: project,
        entryPoints: ["pay.ts"],
        outfile: "out/pay.mjs",
        bundle: true,
        minify: true,
        sourcemap: true,
        format: "esm",
        platform: "node",
      });
      const frame = frameSaidBy(["--enable-source-maps", "out/pay.mjs"]);
      expect(frame).toMatch(/^pay\.ts:6:9\n {2}5 \| /);
    });
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
    compile(names, "--module", "nodenext", ...NO_NODE);
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
    compile(["guide-server.mts", "guide-page.mts"], "--module", "nodenext", ...NO_NODE);
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
    const found = ["--module", "esnext", "--moduleResolution", "bundler"];
    compile(["worker.mts"], ...EVERY_LIBRARY, ...found, ...NO_NODE);
  });
});
