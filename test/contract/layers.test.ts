// The list of layers in ARCHITECTURE.md, section 4: imports go down it, and the clock comes in as a port.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sources = join(root, "engine/src");

/** `http` -> 3, read from the page itself, so that page and code cannot drift. */
const layers = new Map(
  [
    ...readFileSync(join(root, "ARCHITECTURE.md"), "utf8").matchAll(/^ ?(\d+) {2}((?:[\w.]+\/? +)+)/gm),
  ].flatMap(([, number, names]) =>
    names!
      .trim()
      .split(/\s+/)
      .map((name): [string, number] => [name.replace(/\/$|\.ts$/, ""), Number(number)]),
  ),
);

/** Tests and their fixtures may reach everywhere; index.ts and version.ts stand outside. */
const files = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(file));
const OUTSIDE = new Set(["index", "version"]);
const layerName = (file: string) => file.split("/")[0]!.replace(/\.ts$/, "");

test("the page names every folder of the engine", () => {
  const names = new Set(files.map(layerName).filter((name) => !OUTSIDE.has(name)));
  expect([...names].filter((name) => !layers.has(name))).toEqual([]);
});

test("imports go down the layers", () => {
  const upward = files.flatMap((file) => {
    const from = layerName(file);
    if (OUTSIDE.has(from)) return [];
    const text = readFileSync(join(sources, file), "utf8");
    return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].flatMap(([, path]) => {
      const to = layerName(normalize(join(dirname(file), path!)));
      if (to === from || OUTSIDE.has(to) || layers.get(to)! >= layers.get(from)!) return [];
      return [`${file} imports ${path}; ${from} may not know ${to}`];
    });
  });
  expect(upward).toEqual([]);
});

/** What each package may know of the others. Its tests may know all. */
const KNOWS: Record<string, readonly string[]> = {
  "protocol/src": [],
  // It plays the engine, and is held to nothing but the wire.
  "protocol/conformance/src": ["@durable/protocol", "@durable/protocol/wire"],
  "engine/src": ["@durable/protocol", "@durable/protocol/wire"],
  // The rest of the protocol needs a schema library and Node.
  "sdk-ts/src": ["@durable/protocol/wire"],
  "demo/src": ["@durable/sdk", "@durable/sdk/node", "@durable/engine"],
  "examples/shop-typescript/src": ["@durable/sdk", "@durable/sdk/node"],
  // Types, and what is pure: how a stream is read, when a cron line comes.
  "dashboard/src": [
    "@durable/engine/api",
    "@durable/engine/cron",
    "@durable/engine/server-sent-events",
    "@durable/engine/ticks",
  ],
};
/** The demo shows runs as the command line does; the test kit finds an engine by name, where one is installed. */
const ALSO: Record<string, RegExp> = { "demo/src": /^engine\/src\/(cli|http)\// };

/** What a statement at the beginning of a line, or a call, imports of us. */
const IMPORTED =
  /(?:^(?:import|export|\})[^"`;]*\bfrom\s*|^import\s*|\bimport\s*\(\s*)"(@durable\/[^"]+|\.[^"]+)"/gm;

test.each(Object.entries(KNOWS))("%s knows no other package than it may", (folder, known) => {
  const sources = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const unknown = sources
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file))
    .flatMap((file) => {
      // Without comments, and without programs that are shown to people as text.
      const text = readFileSync(join(root, folder, file), "utf8")
        .replaceAll(/^ *(?:\/\/|\*|\/\*).*$/gm, "")
        .replaceAll(/`(?:\\.|[^`\\])*`/gs, "");
      return [...text.matchAll(IMPORTED)].flatMap(([, path]) => {
        if (!path!.startsWith(".")) return known.includes(path!) ? [] : [`${folder}/${file} imports ${path}`];
        const target = join(folder, dirname(file), path!);
        const isOwn = target.startsWith(`${folder}/`) || ALSO[folder]?.test(target);
        return isOwn ? [] : [`${folder}/${file} imports ${target}`];
      });
    });
  expect(unknown).toEqual([]);
});

/** A server that is watched and a connection that is given up on are real, also where the clock is virtual. */
const REAL_TIME = /^(runtime|cli|postgres)\/|^store\/(connections?|fault-database)\.ts$/;
const PORT =
  /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|performance\.now)\b|(?<![.\w])fetch\(/;

test("clock, random, timers and network come in as ports", () => {
  const found = files
    .filter((file) => !REAL_TIME.test(file))
    .flatMap((file) =>
      readFileSync(join(sources, file), "utf8")
        .split("\n")
        .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && PORT.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(found).toEqual([]);
});

/** docs/decisions/0050, in the order of its table. */
const DASHBOARD = ["api", "live", "words", "here", "parts", "trace", "shell", "screens"];

test("the dashboard's folders import those before them", () => {
  const folder = join(root, "dashboard/src");
  const upward = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => DASHBOARD.includes(layerName(file)) && /(?<!\.test|\.fixture)\.tsx?$/.test(file))
    .flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].flatMap(
        ([, path]) => {
          const to = layerName(normalize(join(dirname(file), path!)));
          return DASHBOARD.indexOf(to) <= DASHBOARD.indexOf(layerName(file))
            ? []
            : [`${file} imports ${path}`];
        },
      ),
    );
  expect(upward).toEqual([]);
});
