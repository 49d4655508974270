// Every command: it says how it is used, can answer a script, and when it fails it says so in a sentence and a code, whatever it is told.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXAMPLES } from "../../engine/src/cli/examples.ts";
import { EXIT } from "../../engine/src/cli/exit-codes.ts";
import { commandLine } from "../../engine/src/cli/main.ts";
import { COLOURED, PLAIN, paintFor } from "../../engine/src/cli/terminal/paint.ts";
import { runCommand } from "../support/command-line.ts";
import { tempFolder } from "../support/temp-folder.ts";

type Command = ReturnType<typeof commandLine>;
type Leaf = readonly [path: string, command: Command];

const tree = () => commandLine({ environment: {}, paint: PLAIN, say() {}, note() {}, exitCode: EXIT.ok });

function leavesOf(command: Command, path: readonly string[] = []): Leaf[] {
  if (command.commands.length === 0) return [[path.join(" "), command]];
  return command.commands.flatMap((each) => leavesOf(each, [...path, each.name()]));
}

const LEAVES = leavesOf(tree());

/** Words as a shell makes them; what stands behind `>`, `<` and `#` is its own affair. */
function wordsOf(example: string): string[] {
  const typed = example.replace(/ [<>#] .*$/, "");
  return [...typed.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, bare]) => one ?? two ?? bare!);
}

const SPEAKS_NO_JSON: Record<string, string> = {
  start: "its log is JSON already",
  mcp: "it speaks a protocol of JSON",
  completions: "a shell reads it",
};

/** They do not ask an engine, or something else first, or stay until they are stopped. */
const ASK_NO_ENGINE = ["dev", "start", "migrate", "check", "replay", "completions", "mcp"];
const asking = LEAVES.filter(([path]) => !ASK_NO_ENGINE.includes(path) && !path.startsWith("profiles"));

test("examples are of commands that there are, and each has one", () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(LEAVES.map(([path]) => path).sort());
});

describe.each(LEAVES)("durable %s", (path, command) => {
  test("says in --help what it does and how it is used, without colours", async () => {
    const { code, out, err } = await runCommand([...path.split(" "), "--help"], {});
    expect([code, err]).toEqual([EXIT.ok, ""]);
    expect(command.description().length).toBeGreaterThan(10);
    for (const example of EXAMPLES[path]!) expect(out).toContain(`$ durable ${example}`);
    for (const { long, description } of command.options) expect(description, long ?? "").not.toBe("");
    expect(out).not.toContain("\u001b");
  });

  test("answers a script with --json", () => {
    const speaks = command.options.some(({ long }) => long === "--json");
    expect(speaks).toBe(SPEAKS_NO_JSON[path] === undefined);
  });

  test("takes its examples as they stand", async () => {
    for (const example of EXAMPLES[path]!) {
      const root = tree();
      let taken = "";
      for (const [name, leaf] of leavesOf(root)) {
        leaf.action(() => {
          taken = name;
        });
      }
      await root.parseAsync(wordsOf(example), { from: "user" });
      expect(taken, example).toBe(path);
    }
  });
});

test("all codes stand in --help and in the README", async () => {
  const { out } = await runCommand(["--help"], {});
  for (const code of Object.values(EXIT)) expect(out).toMatch(new RegExp(`^ {2}${code} {2}\\S`, "m"));
});

describe("what goes wrong", () => {
  let server: Server;
  let status = 500;
  let url: string;
  const environment = () => ({
    DURABLE_URL: url,
    DURABLE_APP: "shop",
    DURABLE_ENV: "dev",
    DURABLE_ADMIN_TOKEN: "t".repeat(40),
    XDG_CONFIG_HOME: join(tempFolder("command-line"), "config"),
  });
  const PROBLEM = { code: "x", title: "It is not so", detail: "The engine says why.", fix: "Do something." };

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      const isProblem = status !== 500;
      response.writeHead(status, {
        "content-type": isProblem ? "application/problem+json" : "text/html",
      });
      response.end(isProblem ? JSON.stringify({ ...PROBLEM, status }) : "<h1>Bad gateway</h1>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test.each<[number, number]>([
    [401, EXIT.denied],
    [403, EXIT.denied],
    [404, EXIT.notFound],
    [409, EXIT.failed],
    [422, EXIT.usage],
    [500, EXIT.failed],
    [503, EXIT.unreachable],
  ])(
    "an engine that answers %i: every command that asks one ends with %i and a sentence",
    async (answered, code) => {
      status = answered;
      for (const [path] of asking) {
        const ended = await runCommand(wordsOf(EXAMPLES[path]![0]!), environment());
        expect([path, ended.code, ended.out], ended.err).toEqual([path, code, ""]);
        expect(ended.err, path).toMatch(
          answered === 500 ? /answered 500, and it was not an engine/ : /The engine says why\./,
        );
        expect(ended.err, path).not.toMatch(/\n\s+at |undefined|\[object/);
      }
    },
  );

  test("a file that is none, or has nothing to import: a sentence, and nothing of Node's own words", async () => {
    const [run] = wordsOf(EXAMPLES["runs show"]![0]!).slice(2);
    const ended = await runCommand(
      ["replay", run!, "--module", join(tempFolder("module"), "no.ts")],
      environment(),
    );
    expect([ended.code, ended.out]).toEqual([EXIT.usage, ""]);
    expect(ended.err).toMatch(/^@durable\/sdk is not to be found from \S+no\.ts[^\n]*\n$/);
  });

  test("no engine at all: 3, and how to start one", async () => {
    const away = { ...environment(), DURABLE_URL: "http://127.0.0.1:1" };
    for (const [path] of asking) {
      const ended = await runCommand(wordsOf(EXAMPLES[path]![0]!), away);
      expect([path, ended.code, ended.out], ended.err).toEqual([path, EXIT.unreachable, ""]);
      expect(ended.err, path).toMatch(/^No engine answers at .*Start one with `durable dev`/);
    }
  });

  test("a flag that no command has: 2, and where to look", async () => {
    for (const [path] of LEAVES) {
      const ended = await runCommand([...wordsOf(EXAMPLES[path]![0]!), "--no-such-flag"], environment());
      expect([path, ended.code, ended.out], ended.err).toEqual([path, EXIT.usage, ""]);
      expect(ended.err, path).toMatch(/unknown option '--no-such-flag'[\s\S]*--help/);
    }
  });

  test.each(
    LEAVES.filter(([, { registeredArguments }]) => registeredArguments.some(({ required }) => required)),
  )("durable %s without what it needs: 2", async (path) => {
    const ended = await runCommand(path.split(" "), environment());
    expect([ended.code, ended.out]).toEqual([EXIT.usage, ""]);
    expect(ended.err).toMatch(/missing required argument|required option/);
  });
});

test("colours are for terminals, and for nobody who has NO_COLOR", () => {
  expect(paintFor({ isTTY: true }, { TERM: "xterm" })).toBe(COLOURED);
  expect(paintFor({ isTTY: true }, { TERM: "xterm", NO_COLOR: "1" })).toBe(PLAIN);
  expect(paintFor({ isTTY: true }, { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(PLAIN);
  expect(paintFor({ isTTY: false }, {})).toBe(PLAIN);
  expect(paintFor({ isTTY: true }, { TERM: "dumb" })).toBe(PLAIN);
});
