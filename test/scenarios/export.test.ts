// What is taken out is all that is there, byte for byte, and of one owner what is theirs and nothing else.
import { createFunction } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../../engine/src/runtime/fault-points.ts";
import { saidBy } from "../support/command-line.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const random = seededRandom(Number(process.env["DURABLE_TEST_SEED"] ?? 7));

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;
let other: Awaited<ReturnType<typeof startSdkApp>>;

const child = createFunction({ id: "child", handler: ({ step }) => step.run("deep", () => "below") });
const work = createFunction({
  id: "work",
  trigger: { event: "work" },
  handler: async ({ event, step }) => {
    await step.run("greet", () => console.info("it begins"));
    for (let no = 0; no < event.data.steps; no += 1) await step.run(`s${no}`, () => ({ no }));
    if (event.data.invokes) await step.invoke("start", "child", { input: { without: "an owner" } });
    return "done";
  },
});

beforeAll(async () => {
  engine = await startEngine();
  app = await startSdkApp(engine, "shop", [work, child]);
  other = await startSdkApp(engine, "bank", [work, child]);
  for (let no = 0; no < 30; no += 1) {
    const tenant = ["acme", "bolt", 42][Math.floor(random() * 3)];
    const data = { tenant, steps: Math.floor(random() * 4), invokes: random() < 0.4 };
    await app.ended(await app.start("work", data));
  }
  await other.ended(await other.start("work", { tenant: "acme", steps: 1, invokes: false }));
  // What a parser would change.
  await app.ended(
    (
      await engine.call(
        "POST",
        "/v1/events?app=shop",
        '{"name":"work","data":{"tenant":"exact","steps":0,"one":1.0,"many":1e2,"letter":"\\u00e9"}}',
      )
    ).json.runs[0].run,
  );
});
afterAll(async () => {
  await app.stop();
  await other.stop();
  await engine.stop();
});

async function everyLine(query = ""): Promise<string[]> {
  const lines: string[] = [];
  for (let cursor = ""; ; ) {
    const page = (await engine.call("GET", `/v1/apps/shop/dev/export?limit=7${query}${cursor}`)).json;
    lines.push(...page.lines);
    if (page.next === null) return lines;
    cursor = `&cursor=${page.next}`;
  }
}

const workspace = "(select id from durable.workspaces where app = 'shop')";

test("all of it: each row of the workspace once, and none of another", async () => {
  const runs = (await everyLine()).map((line) => JSON.parse(line));
  const [rows] = await engine.database.sql.unsafe(`select
    (select array_agg(id::text order by id) from durable.runs where workspace_id = ${workspace}) as runs,
    (select count(*)::int from durable.steps where workspace_id = ${workspace}) as steps,
    (select count(*)::int from durable.logs where workspace_id = ${workspace}) as logs,
    (select count(*)::int from durable.attempts where outcome <> 'turn' and workspace_id = ${workspace}) as attempts`);
  const sum = (part: string) => runs.reduce((total, run) => total + run[part].length, 0);
  expect({
    runs: runs.map(({ run }) => run),
    steps: sum("steps"),
    logs: sum("logs"),
    attempts: sum("attempts"),
  }).toEqual(rows);
  expect(rows!["steps"]).toBeGreaterThan(20);
  const step = runs.flatMap(({ steps }) => steps).find(({ name }) => name === "s0");
  expect(step).toMatchObject({ status: "ok", value: { no: 0 }, attempt: 1 });
});

test("payloads as they were received", async () => {
  const [line] = await everyLine(`&path=tenant&value=${encodeURIComponent('"exact"')}`);
  expect(line).toContain('"one":1.0,"many":1e2,"letter":"\\u00e9"');
});

test.each([
  ["acme", '"acme"'],
  ["42", "42"],
])("of %s: theirs, with what they started, and nothing else", async (of, value) => {
  const all = (await everyLine()).map((line) => JSON.parse(line));
  const own = all.filter(({ event }) => JSON.stringify(event.data.tenant) === value).map(({ run }) => run);
  const below = all.filter(({ parent }) => own.includes(parent)).map(({ run }) => run);
  expect(below.length).toBeGreaterThan(0);
  const lines = await everyLine(`&path=tenant&value=${encodeURIComponent(value)}`);
  expect(lines.map((line) => JSON.parse(line).run).toSorted()).toEqual([...own, ...below].toSorted());
  const said = await saidBy(
    ["export", "--app", "shop", "--env", "dev", "--url", engine.url, "--of", `tenant=${of}`],
    {},
  );
  expect(said.trim().split("\n")).toEqual(lines);
});

test("a path without a value, and a value that is none, are refused", async () => {
  for (const query of ["path=tenant", "path=tenant&value=acme", "path=tenant&value=%5B1%5D", "cursor=x"])
    expect((await engine.call("GET", `/v1/apps/shop/dev/export?${query}`)).status, query).toBe(422);
});
