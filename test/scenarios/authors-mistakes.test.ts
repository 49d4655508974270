// Mistakes of authors, found without running anything: the rules, `durable check`, and the same rules in ESLint.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import durable, { findMistakes } from "@durable/sdk/eslint";
import { Linter } from "eslint";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "../../engine/src/cli/check/parse.ts";
import { tempFolder } from "../support/temp-folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The body of a handler, as `rule line: message` each. */
function mistakesIn(body: string): string[] {
  return inFile(`createFunction({ id: "f", handler: async ({ event, step }) => {\n${body}\n} });`);
}

function inFile(text: string): string[] {
  // biome-ignore lint/suspicious/noExplicitAny: the rules read any tree, acorn types its own
  return findMistakes(parse("f.ts", text) as any).map(
    ({ rule, node, message }) => `${rule} ${node.loc!.start.line}: ${message}`,
  );
}

describe("is a mistake", () => {
  test.each<[string, string, RegExp]>([
    [
      "the outer step in a branch",
      'await step.parallel([() => step.run("a", () => 1), async (s) => s.run("b", () => 1)], { fanOut: true });',
      /^own-step 2: Step "a" is asked of the step of the code around it/,
    ],
    [
      "the outer step in a branch of a name, behind an await of its own",
      'await step.race({ x: async (s) => {\n  await s.run("a", () => 1);\n  await step.sleep("b", 1);\n} });',
      /^own-step 4: Step "b" is asked/,
    ],
    [
      "the outer step in an item",
      'await step.forEach(event.data, async (id) => step.run("a", () => id));',
      /^own-step 2: Step "a" is asked/,
    ],
    [
      "the outer step in branches that are made",
      'await step.race(event.data.map((id) => () => step.run("a", () => id)));',
      /^own-step 2: Step "a" is asked/,
    ],
    [
      "the step of the outer branch in an inner one",
      'await step.race([(s) => s.parallel([() => s.run("a", () => 1)])]);',
      /^own-step 2: Step "a" is asked/,
    ],
    [
      "a step in a step",
      'await step.run("outer", async () => {\n  await step.run("inner", () => 1);\n});',
      /^no-nested-step 3: Step "inner" is called inside step "outer", which answers from memory/,
    ],
    [
      "a step in a case of a branch",
      'await step.branch("way", { a: () => step.run("ask", () => true) });',
      /^no-nested-step 2: Step "ask" is called inside step "way"/,
    ],
    [
      "a step in a compensation",
      'await step.run("book", () => 1, { compensate: () => step.sleep("wait", "1s") });',
      /^no-nested-step 2: Step "wait" is called inside step "book"/,
    ],
    [
      "a step in a query",
      'step.onQuery("left", () => step.run("count", () => 1));\nawait step.run("a", () => 1);',
      /^no-nested-step 2: Step "count" is called in query "left", which answers and starts nothing/,
    ],
    [
      "a step nobody awaits",
      'step.run("a", () => 1);',
      /^await-step 2: Nobody awaits step "a": the function may end/,
    ],
    ["a sleep nobody awaits", "step.sleep(name, 1);", /^await-step 2: Nobody awaits step \(step\.sleep\)/],
    [
      "a name again",
      'await step.run("charge", () => 1);\nawait step.run("charge", () => 2);',
      /^no-duplicate-step 3: Step "charge" has the name of the step in line 2/,
    ],
    [
      "a name again, after a way that comes back",
      'if (event.data) {\n  await step.run(`a`, () => 1);\n}\nawait step.sleep("a", 1);',
      /^no-duplicate-step 5: Step "a" has the name of the step in line 3/,
    ],
    [
      "the clock",
      "const at = Date.now();\nawait step.sleep('a', at);",
      /^no-unrepeatable 2: Date\.now\(\) outside/,
    ],
    ["a new Date", "await step.sleep('a', +new Date());", /^no-unrepeatable 2: new Date\(\) outside/],
    [
      "chance in a callback",
      "await step.sleep('a', [1].map(() => Math.random())[0]);",
      /Math\.random\(\) outside/,
    ],
    ["an id", "await step.sleep(globalThis.crypto.randomUUID(), 1);", /crypto\.randomUUID\(\) outside/],
    [
      "a timer",
      "await new Promise((f) => setTimeout(f, 9));\nawait step.sleep('a', 1);",
      /Use step\.sleep\.$/,
    ],
    [
      "the network",
      "const r = await fetch('x');\nawait step.run('a', () => r.ok);",
      /fetch\(\) outside .*step\.fetch\.$/,
    ],
    [
      "an array's forEach",
      'event.data.ids.forEach(async (id) => { await step.run("a", () => id); });',
      /^await-step 2: forEach waits for nothing: the function may end before step "a" has run/,
    ],
    [
      "a map that nobody awaits",
      'const all = event.data.ids.map((id) => step.run("a", () => id));\nreturn 1;',
      /^await-step 2: Nobody awaits what this starts/,
    ],
    [
      "a promise in a variable that nobody reads",
      'const p = step.run("a", () => 1);',
      /^await-step 2: Nobody/,
    ],
    ["a step that is thrown away", 'void step.run("a", () => 1);', /^await-step 2: Nobody awaits step "a"/],
    ["a chain that nobody awaits", 'step.run("a", () => 1).catch(() => null);', /^await-step 2: Nobody/],
    ["a step behind a condition", 'event.data && step.run("a", () => 1);', /^await-step 2: Nobody/],
    ["a step that may not be there", 'step?.run("a", () => 1);', /^await-step 2: Nobody awaits step "a"/],
    ["another name for the step", 'const s = step;\ns.run("a", () => 1);', /^await-step 3: Nobody/],
    [
      "the step of a branch",
      'await step.parallel([async (s) => { s.run("a", () => 1); }]);',
      /^await-step 2: Nobody awaits step "a"/,
    ],
    [
      "the step of an item",
      'await step.forEach(event.data, async (id, at, own) => { own.run("a", () => id); });',
      /^await-step 2: Nobody awaits step "a"/,
    ],
    [
      "a step in the step of a branch",
      'await step.race({ x: async (s) => { await s.run("a", () => s.run("b", () => 1)); } });',
      /^no-nested-step 2: Step "b" is called inside step "a"/,
    ],
    [
      "a step in a body that has a name",
      'const body = async () => step.run("inner", () => 1);\nawait step.run("outer", body);',
      /^no-nested-step 2: Step "inner" is called inside step "outer"/,
    ],
    [
      "a state in a step",
      'await step.run("a", () => { step.setState(1); });',
      /^no-nested-step 2: step\.setState is called inside step "a"/,
    ],
    ["the clock by its oldest name", "await step.run('a', () => 1);\nreturn Date();", /Date\(\) outside/],
  ])("%s", (_, body, sentence) => {
    expect(mistakesIn(body)).toEqual([expect.stringMatching(sentence)]);
  });

  test.each([
    ['import { v4 as uuid } from "uuid";', "uuid()", /uuid\(\) outside .*remembers it\.$/],
    ['import { nanoid as id } from "nanoid";', "id()", /id\(\) outside/],
    ['import http from "axios";', 'await http.get("x")', /http\.get\(\) outside .*step\.fetch\.$/],
    ['import dayjs from "dayjs";', "dayjs()", /dayjs\(\) outside/],
    ['import { DateTime } from "luxon";', "DateTime.now()", /DateTime\.now\(\) outside/],
    ['import * as c from "node:crypto";', "c.randomBytes(8)", /c\.randomBytes\(\) outside/],
    [
      'import { setTimeout as delay } from "node:timers/promises";',
      "await delay(5)",
      /delay\(\) outside .*step\.sleep\.$/,
    ],
  ])("%s %s", (imported, call, sentence) => {
    const code = `${imported}\ncreateFunction({ handler: async ({ step }) => {\n  const x = ${call};\n  await step.run("a", () => x);\n} });`;
    expect(inFile(code)).toEqual([expect.stringMatching(sentence)]);
  });

  test("in a helper that gets the step, and in a handler that takes its context whole", () => {
    expect(inFile('async function pay(step: Step) {\n step.run("a", () => 1);\n}')).toHaveLength(1);
    expect(inFile('const handler = async (ctx) => {\n ctx.step.run("a", () => 1);\n};')).toHaveLength(1);
    expect(
      inFile('const handler = async (c) => {\n const { step: s } = c;\n s.run("a", () => 1);\n};'),
    ).toHaveLength(1);
    expect(inFile('const handler = async ({ step: s }) => {\n s.run("a", () => 1);\n};')).toHaveLength(1);
  });
});

describe("what a function says that it invokes", () => {
  const invoking = (list: string, step: string) =>
    inFile(`createFunction({ id: "f", invokes: ${list}, handler: async ({ step }) => {\n${step}\n} });`);

  test.each<[string, string]>([
    ['["bill", "ship"]', 'await step.invoke("one", "bil");'],
    ["[bill]", "await step.spawn(ship, { input: 1 });"],
    ["[]", 'await step.invoke("bill");'],
  ])("%s leaves out what %s starts", (list, step) => {
    expect(invoking(list, step)).toEqual([
      expect.stringMatching(/^undeclared-target 2: This starts .*leaves it out/),
    ]);
  });

  test.each<[string, string]>([
    ['["bill", "shop/ship"]', 'await step.invoke("one", "ship");'],
    ["[bill]", "await step.invoke(bill);"],
    ["[bill]", 'await step.invoke("bill");'],
    ["[...all]", 'await step.invoke("bill");'],
    ["all", 'await step.invoke("bill");'],
    ['["bill"]', "await step.invoke(named(event));"],
  ])("%s may have what %s starts", (list, step) => expect(invoking(list, step)).toEqual([]));
});

test("a branch that asks its own step, whatever it calls it, and a promise beside it are none", () => {
  const body = `await step.parallel([(step) => step.run("a", () => 1), step.run("b", () => 1)]);
    await step.forEach(event.data, async (id, at, own) => { const s = own; await s.run("a", () => id); });
    await step.race(event.data.map((id) => (s) => s.run("c", () => id)));`;
  expect(mistakesIn(body)).toEqual([]);
});

describe("is none", () => {
  test.each([
    ["a name in a loop", 'for (const id of event.data) await step.run("load", () => id);'],
    [
      "a name on either way",
      'if (event.data) await step.run("a", () => 1);\nelse await step.run("a", () => 2);',
    ],
    [
      "a name after a way that does not come back",
      'if (event.data) {\n await step.run("a", () => 1);\n return;\n}\nawait step.run("a", () => 2);',
    ],
    [
      "a name in each case",
      'switch (event.name) {\n case "x": await step.run("a", () => 1); break;\n default: await step.run("a", () => 2);\n}',
    ],
    [
      "a name in another function",
      'const f = () => step.run("a", () => 1);\nawait f();\nawait step.run("a", () => 2);',
    ],
    ["steps that are collected", 'await Promise.all([step.run("a", () => 1), step.run("b", () => 2)]);'],
    ["a step that is returned", 'return step.run("a", () => 1);'],
    [
      "a state and a query, which are no promises",
      'step.setState(1);\nstep.onQuery("q", () => Date.now());\nawait step.sleep("a", 1);',
    ],
    ["the clock in a step", 'await step.run("now", () => ({ at: Date.now(), r: Math.random() }));'],
    ["the clock in a condition of a branch", 'await step.branch("late", { yes: () => Date.now() > 5 });'],
    ["the date of an event", "const at = new Date(event.time);\nawait step.sleepUntil('a', at);"],
    [
      "promises that are awaited later",
      'const p = step.run("a", () => 1);\nconst all = [];\nfor (const i of event.data) all.push(step.run("b", () => i));\nawait Promise.all([p, ...all]);',
    ],
    [
      "steps that a map collects",
      'await Promise.all(event.data.map(async (id) => { await step.run("a", () => id); return step.run("b", () => id); }));',
    ],
    [
      "an array's forEach that collects",
      'const all = [];\nevent.data.forEach((id) => all.push(step.run("a", () => id)));\nawait Promise.all(all);',
    ],
    ["a chain that is awaited", 'await step.run("a", () => 1).then((x) => x + 1);'],
    ["either of two steps", 'await (event.data ? step.run("a", () => 1) : step.run("b", () => 1));'],
    [
      "a body that has a name and reads the clock",
      'const now = () => Date.now();\nasync function load() { return fetch("x"); }\nawait step.run("a", now);\nawait step.run("b", async () => [now(), await load()]);',
    ],
    [
      "the clock in the step of an item's function that has a name",
      'const each = (id, at, own) => own.run("a", () => Date.now());\nawait step.forEach(event.data, each);',
    ],
    [
      "the clock in a step that is known by its type",
      'const each = (own: Step) => own.run("a", () => Date.now());\nawait step.parallel(event.data.map(() => each));',
    ],
    [
      "an item's function that goes on with itself",
      'const each = (id, at, own) => (id.of ? own.forEach(id.of, each) : own.run("a", () => Date.now()));\nawait step.forEach(event.data, each);',
    ],
    [
      "names that stand for each other",
      'const later = () => { const a = b, b = a; const step = step; a.run("x"); step.run("y"); };\nawait step.run("a", () => 1);',
    ],
    ["a date that is given", "const at = dayjs(event.time);\nawait step.sleepUntil('a', at.toDate());"],
    [
      "what has the name of a branch's step elsewhere",
      'await step.parallel([(s) => s.run("a", () => 1)]);\nevent.data.forEach((s) => s.run("go"));',
    ],
    [
      "steps in the code of a parallel",
      'await step.parallel([(s) => s.run("a", () => 1)], { join: "all" });',
    ],
  ])("%s", (_, body) => {
    expect(mistakesIn(body)).toEqual([]);
  });

  test("what has the name and is something else", () => {
    const own =
      'import { fetch } from "./mine.ts";\ncreateFunction({ handler: async ({ step }) => {\n  fetch(1);\n  await step.run("a", () => 1);\n} });';
    expect(inFile(own)).toEqual([]);
    expect(inFile("const tick = (step) => step.run();\nconst at = Date.now();")).toEqual([]);
  });

  test("the code of this repository's pages, demo and examples", () => {
    const shop = ["checkout", "label", "mail", "ship"].map(
      (name) => `examples/shop-typescript/src/${name}.ts`,
    );
    for (const file of ["demo/src/app/charge-order.ts", "demo/src/app/onboarding.ts", ...shop]) {
      expect(inFile(readFileSync(join(root, file), "utf8")), file).toEqual([]);
    }
    const guide = readFileSync(join(root, "docs/guides/typescript.md"), "utf8");
    for (const [, code] of guide.matchAll(/^```ts file=guide\.ts\n([\s\S]*?)^```$/gm)) {
      expect(inFile(code!), code).toEqual([]);
    }
  });
});

describe("durable check", () => {
  let folder: string;
  beforeAll(() => {
    folder = tempFolder("check");
    const write = (file: string, text: string) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    };
    write("package.json", '{"type":"module"}');
    mkdirSync(join(folder, "node_modules/@durable"), { recursive: true });
    symlinkSync(join(root, "sdk-ts"), join(folder, "node_modules/@durable/sdk"));
    write(
      "src/pay.ts",
      'import { createFunction } from "@durable/sdk";\nenum Way { In }\nexport const pay = createFunction({\n  id: "pay",\n  handler: async ({ step }) => {\n    step.run("a", () => Way.In);\n  },\n});\n',
    );
    write("src/page.tsx", "export const page = (step: number) => <b>{step}</b>;\n");
    write("src/broken.ts", 'import "@durable/sdk";\nconst = 1;\n');
    write("node_modules/other/index.ts", 'import "@durable/sdk";\nconst = 1;\n');
    write(
      "flow/a.ts",
      'import { createFunction } from "@durable/sdk";\nexport const a = createFunction({\n  id: "bill",\n  triggers: [{ cron: "61 * * * *" }, { event: "e", if: "event.data.x >" }, { cron: "0 9 * * *", tz: "Mars" }],\n  handler: async <const T>({ step }: { step: any }) => {\n    await step.waitForEvent("w", { event: "e", if: "async.data.x == 1" });\n    await step.invoke("one", "bil", {});\n    await step.spawn("ship");\n  },\n});\n',
    );
    write(
      "flow/b.ts",
      'import { createFunction } from "@durable/sdk";\nexport const b = createFunction({ id: "ship", invokes: ["bill", "shipp", "other/pay"], trigger: { event: "e", if: "event.data.x > 1" }, handler: async ({ step }) => {\n  await step.waitForAny("w", [{ event: "e", if: "trigger.data.x == event.data.x" }]);\n  return step.invoke("b", "bill");\n} });\n',
    );
    write("good.ts", 'import "@durable/sdk";\n');
  });

  const check = (args: string[], cwd = folder) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, "engine/bin/durable.js"), "check", ...args],
      { cwd, encoding: "utf8" },
    );
    return { code: status, out: stdout, err: stderr };
  };

  test("names file, line, rule and what to do; what cannot be read is told too", () => {
    const { code, out, err } = check(["src", "good.ts"]);
    expect({ code, err }).toEqual({ code: 1, err: "2 mistakes found in 4 files.\n" });
    const [broken, , pay, sentence] = out.split("\n");
    expect(broken).toMatch(/^src\/broken\.ts:2:7 {2}syntax$/);
    expect(pay).toBe("src/pay.ts:6:5  await-step");
    expect(sentence).toMatch(/^ {2}Nobody awaits step "a"/);
  });

  test("judges cron lines, expressions and targets as the engine would", () => {
    const { mistakes } = JSON.parse(check(["flow", "--json"]).out);
    expect(
      mistakes.map(({ file, line, rule, message }: Record<string, unknown>) => [file, line, rule, message]),
    ).toEqual([
      ["flow/a.ts", 4, "bad-cron", 'This cron line cannot be used: "61" is no minute from 0 to 59.'],
      [
        "flow/a.ts",
        4,
        "bad-expression",
        expect.stringMatching(/^This expression cannot be used: Unexpected token/),
      ],
      ["flow/a.ts", 4, "bad-cron", expect.stringMatching(/"Mars" is no time zone/)],
      ["flow/a.ts", 6, "bad-expression", expect.stringMatching(/Unknown variable: async/)],
      [
        "flow/a.ts",
        7,
        "unknown-target",
        'This starts function "bil", and none of these files declares it. Did you mean "bill"?',
      ],
      [
        "flow/b.ts",
        2,
        "unknown-target",
        'This starts function "shipp", and none of these files declares it. Did you mean "ship"?',
      ],
    ]);
    // Others may declare it.
    const alone = JSON.parse(check(["flow/a.ts", "--json"]).out).mistakes;
    expect(alone.some(({ rule }: { rule: string }) => rule === "unknown-target")).toBe(false);
  });

  test("answers as JSON, and with 0 when all is well", () => {
    expect(JSON.parse(check(["src/pay.ts", "--json"]).out)).toMatchObject({
      files: 1,
      mistakes: [{ file: "src/pay.ts", line: 6, column: 5, rule: "await-step" }],
    });
    expect(check(["good.ts"])).toEqual({ code: 0, out: "", err: "No mistake found in 1 file.\n" });
  });

  test("says what is missing", () => {
    expect(check(["nowhere.ts"])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/There is no nowhere\.ts/),
    });
    expect(check([], tempFolder("check-nothing"))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/@durable\/sdk is not installed in/),
    });
  });
});

test("ESLint says the same, by the recommended rules", () => {
  const code =
    'export const handler = async ({ step }) => {\n  step.run("a", () => 1);\n  return Date.now();\n};\n';
  // biome-ignore lint/suspicious/noExplicitAny: the plugin does without ESLint's types
  const problems = new Linter().verify(code, [durable.configs.recommended as any]);
  expect(problems.map(({ ruleId, line, severity }) => [ruleId, line, severity])).toEqual([
    ["durable/await-step", 2, 2],
    ["durable/no-unrepeatable", 3, 2],
  ]);
});
