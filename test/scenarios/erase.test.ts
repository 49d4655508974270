// What is erased of an owner is nowhere any more, and what is others' stands as it stood, whoever dies in between.
import { createFunction, NonRetriableError } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { createDatabase } from "../support/postgres.ts";
import { waitFor } from "../support/wait.ts";
import { startSdkApp } from "./sdk-app.ts";
import { type SpawnedEngine, spawnEngine } from "./spawn-engine.ts";

/** Stands in all that is one owner's, and in nothing else. */
const MARK = "zebra-4711";
const OWNER = `tenant-${MARK}`;
const NO_RETRY = { max: 1 } as const;

interface Order {
  readonly owner: { readonly id: string };
  readonly mark: string;
}

const child = createFunction({
  id: "child",
  handler: ({ event, step }) => step.run("deep", () => `below ${JSON.stringify(event.data)}`),
});
const work = createFunction({
  id: "work",
  trigger: { event: "work" },
  concurrency: { limit: 3, key: "owner.id" },
  searchable: ["data.owner.id"],
  handler: async ({ event, step }) => {
    const { mark } = event.data;
    await step.run("note", () => {
      console.info(`it begins for ${mark}`);
      return { mark };
    });
    await step.invoke("start", child, { input: { told: mark } });
    await step.sendEvent("announce", { name: "worked", data: { owner: { id: event.data.owner.id }, mark } });
    return mark;
  },
});
const failing = createFunction({
  id: "failing",
  trigger: { event: "fail" },
  retry: NO_RETRY,
  onFailure: ({ error, step }) => step.run("tell", () => error.message),
  handler: ({ event, step }) =>
    step.run("pay", () => {
      throw new NonRetriableError(`no money for ${event.data.mark}`);
    }),
});
const listener = createFunction({
  id: "listener",
  trigger: { event: "durable.run.*" },
  handler: ({ event, step }) => step.run("hear", () => event.data),
});
const asking = createFunction({
  id: "asking",
  trigger: { event: "ask" },
  handler: async ({ event, step }) => {
    await step.run("book", () => event.data.mark, { compensate: { run: () => {} } });
    return step.waitForApproval("approve", { title: `May ${event.data.mark}?`, timeout: "1d" });
  },
});
const once = createFunction({
  id: "once",
  trigger: { event: "once" },
  idempotency: { key: "owner.id", period: "1d" },
  handler: ({ event }) => event.data.mark,
});

let database: Awaited<ReturnType<typeof createDatabase>>;
let engine: SpawnedEngine;
let app: Awaited<ReturnType<typeof startSdkApp>>;
const through = { call: (...of: Parameters<SpawnedEngine["call"]>) => engine.call(...of) };

beforeAll(async () => {
  database = await createDatabase();
  engine = await spawnEngine(database.url);
  app = await startSdkApp(through, "shop", [work, child, failing, listener, asking, once]);
  // Nobody answers there, so what is to be sent waits.
  const webhook = { url: "http://127.0.0.1:9999/", events: ["durable.run.*", "durable.input.*"] };
  const made = await engine.call("POST", "/v1/apps/shop/dev/webhooks", webhook);
  expect(made.status, made.text).toBe(201);
  for (const [id, mark] of [
    [OWNER, MARK],
    ["bolt", "bolt"],
  ] as const) {
    for (let no = 0; no < 12; no += 1) await send("work", id, mark, `${mark}/${no}`);
    for (const name of ["fail", "once", "once", "nobody-listens"]) await send(name, id, mark);
    await send("ask", id, mark);
  }
  // The last that the group of this error has seen.
  await send("fail", OWNER, MARK);
  await waitFor("all but those that ask have ended", async () => {
    const [row] = await database.sql`select (select count(*)::int from durable.live_runs) as live,
      (select count(*)::int from durable.inputs) as asked, (select count(*)::int from durable.end_events) as owed,
      (select count(*)::int from durable.ungrouped) as ungrouped`;
    return row!["live"] === 2 && row!["asked"] === 2 && row!["owed"] === 0 && row!["ungrouped"] === 0;
  });
  // So that nothing of it changes while it is looked at.
  await engine.call("POST", `/v1/apps/shop/dev/webhooks/${made.json.id}`, { enabled: false });
});
afterAll(async () => {
  await app.stop();
  await engine.kill();
  await database.drop();
});

async function send(name: string, id: string, mark: string, eventId?: string) {
  const data: Order = { owner: { id }, mark };
  const sent = await engine.call("POST", "/v1/events?app=shop", {
    name,
    data,
    ...(eventId === undefined ? {} : { id: eventId }),
  });
  expect(sent.status, sent.text).toBe(200);
}

const tables = async () =>
  (
    await database.sql<{ name: string }[]>`select c.relname as name from pg_class c
      where c.relnamespace = 'durable'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`
  ).map(({ name }) => name);

/** Rows in which the text stands, as it is or as bytes, by their table. */
async function rowsWith(text: string): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const hex = Buffer.from(text).toString("hex");
  for (const name of await tables()) {
    const rows = await database.sql.unsafe<{ row: string }[]>(
      `select t::text as row from durable."${name}" t where t::text like $1 or t::text like $2 order by 1`,
      [`%${text}%`, `%${hex}%`],
    );
    if (rows.length > 0) found[name] = rows.map(({ row }) => row);
  }
  return found;
}

/** All that is in these tables but what is of the owner: by what their runs and events are called. */
async function rowsOfOthers(): Promise<Record<string, string[]>> {
  const of: Record<string, string[]> = {};
  const names = [
    "events",
    "event_ids",
    "runs",
    "steps",
    "attempts",
    "logs",
    "inputs",
    "skips",
    "children",
    "run_terms",
  ];
  for (const name of [...names, "run_errors", "shape_keys", "gates", "live_runs", "waits"]) {
    const rows = await database.sql.unsafe<{ row: string; marked: boolean }[]>(
      `select t::text as row from durable."${name}" t
       where not exists (select 1 from unnest($1::text[]) as id where t::text like '%' || id || '%') and t::text not like $2 order by 1`,
      [theirs, `%${MARK}%`],
    );
    of[name] = rows.map(({ row }) => row);
  }
  return of;
}

/** Ids of the owner's runs, as the export sees them, and of those that were told of them. */
let theirs: string[] = [];
const owner = `path=owner.id&value=${encodeURIComponent(JSON.stringify(OWNER))}`;
async function exported(): Promise<{ run: string }[]> {
  const lines: string[] = [];
  for (let cursor = ""; ; ) {
    const page = (await engine.call("GET", `/v1/apps/shop/dev/export?limit=100&${owner}${cursor}`)).json;
    lines.push(...page.lines);
    if (page.next === null) return lines.map((line) => JSON.parse(line));
    cursor = `&cursor=${page.next}`;
  }
}

const erase = (body: object, query = "") =>
  engine.call("POST", `/v1/apps/shop/dev/erasures${query}`, { path: "owner.id", value: OWNER, ...body });
const ended = async (id: string) => {
  let erasure: { ended_at: string | null; status: string } | undefined;
  await waitFor("the erasure to end", async () => {
    erasure = (await engine.call("GET", `/v1/apps/shop/dev/erasures/${id}`)).json;
    return erasure!.ended_at !== null;
  });
  return erasure!;
};

test("a preview counts what the export has, and a run that lives refuses it; nothing is gone then", async () => {
  const before = await rowsWith(MARK);
  for (const name of [
    "events",
    "event_ids",
    "runs",
    "steps",
    "logs",
    "inputs",
    "run_terms",
    "error_groups",
    "webhook_deliveries",
    "gates",
    "shape_keys",
  ])
    expect(Object.keys(before), name).toContain(name);
  const runs = await exported();
  const asked = await database.sql`select id from durable.inputs where title like ${`%${MARK}%`}`;
  theirs = [...runs.map(({ run }) => run), ...asked.map(({ id }) => String(id))];
  const counted = await ended((await erase({}, "?preview=true")).json.id);
  expect(counted).toMatchObject({
    status: "counted",
    found: { runs: runs.length, live: 1 },
    erased: { runs: 0, events: 0 },
  });
  const refused = await ended((await erase({})).json.id);
  expect(refused).toMatchObject({ status: "refused", erased: { runs: 0, events: 0 } });
  expect(await rowsWith(MARK)).toEqual(before);
  const said = await saidBy(
    [
      "erase",
      "--app",
      "shop",
      "--env",
      "dev",
      "--url",
      `http://127.0.0.1:${engine.port}`,
      "--owner",
      `owner.id=${OWNER}`,
      "--preview",
    ],
    {},
  );
  expect(said).toContain(`Theirs are ${runs.length} runs, of which 1 had not ended`);
});

test("the owner is nowhere any more, although engines are killed in between; others stand as they stood", async () => {
  const others = await rowsOfOthers();
  expect(others["runs"]!.length).toBeGreaterThan(30);
  const { id } = (await erase({ live: "cancel", reason: "they left" })).json;
  for (let kills = 0; kills < 3; kills += 1) {
    await engine.kill();
    engine = await spawnEngine(database.url);
  }
  const done = await ended(id);
  expect(done).toMatchObject({ status: "completed", erased: { runs: expect.any(Number) } });
  expect(await rowsWith(MARK)).toEqual({});
  expect(await exported()).toEqual([]);
  expect(await rowsOfOthers()).toEqual(others);
  for (const run of theirs.slice(0, -1)) expect((await engine.call("GET", app.path(run))).status).toBe(404);

  const { audit } = (await engine.call("GET", "/v1/apps/shop/dev/audit?action=erase.completed")).json;
  expect(audit).toHaveLength(1);
  expect(JSON.parse(audit[0].detail)).toMatchObject({ runs: (done as never)["erased"]["runs"], live: 1 });
  // A client's id that went with its event is new again.
  await send("nobody-listens", "bolt", "bolt", `${MARK}/0`);
  await expectInvariants(database);
});

test("what is no scalar is refused, and an erasure that is none is not found", async () => {
  expect((await erase({ value: ["a"] })).status).toBe(422);
  expect((await erase({ value: null })).status).toBe(422);
  expect((await engine.call("GET", `/v1/apps/shop/dev/erasures/${theirs[0]}`)).status).toBe(404);
});
