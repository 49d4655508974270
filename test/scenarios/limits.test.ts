// Limits as people meet them: why a job waits, which limits there are, and another number for one of them.
import { createFunction, type Step } from "@durable/sdk";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { expectInvariants } from "../invariants/expect-invariants.ts";
import { saidBy } from "../support/command-line.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;

/** Bodies that are under way end when the test says so. */
let letGo: () => void;
let held: Promise<void>;
function hold(): void {
  held = new Promise((resolve) => {
    letGo = resolve;
  });
}
hold();

const mail = createFunction({
  id: "mail",
  trigger: { event: "mail" },
  concurrency: { limit: 2, key: "tenantId" },
  handler: ({ step }) => step.run("send", () => held),
});
const parts = createFunction({
  id: "parts",
  trigger: { event: "parts" },
  concurrency: 1,
  handler: ({ step }) =>
    step.parallel(
      ["a", "b", "c"].map((name) => (step: Step) => step.run(name, () => held)),
      { fanOut: true },
    ),
});
const inner = createFunction({
  id: "inner",
  concurrency: { limit: 1, key: { cel: "'family'" }, scope: "workspace", unit: "run" },
  handler: () => "done",
});
const outer = createFunction({
  id: "outer",
  trigger: { event: "family" },
  concurrency: { limit: 1, key: { cel: "'family'" }, scope: "workspace", unit: "run" },
  handler: ({ step }) => step.invoke("child", inner, { input: null }),
});
const paid = createFunction({
  id: "paid",
  trigger: { event: "pay" },
  concurrency: { limit: 1, key: "account", unit: "run" },
  handler: async ({ step }) => {
    await step.sleep("night", "1h");
  },
});
const slow = createFunction({
  id: "slow",
  trigger: { event: "slow" },
  throttle: { limit: 6, period: "1h", burst: 2 },
  handler: () => "done",
});

beforeAll(async () => {
  // Nobody looks by himself: what a change lets in, it lets in at once.
  engine = await startEngine({ pollMs: 600_000 });
  app = await startSdkApp(engine, "limits", [mail, parts, inner, outer, paid, slow]);
});
afterEach(async () => {
  letGo();
  const { runs } = (await engine.call("GET", "/v1/apps/limits/dev/runs?limit=100")).json;
  for (const { id } of runs) await app.act(id, "cancel");
  await expectInvariants(engine.database);
  hold();
});
afterAll(async () => {
  await engine.stop();
  await app.stop();
});

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
type Shown = any;

async function runOf(name: string, data: unknown): Promise<string> {
  const run = await app.start(name, data);
  await waitFor(`${run} to be on its way or held back`, async () => {
    const { status, wait } = await app.show(run);
    return status !== "queued" || wait?.gate;
  });
  return run;
}

async function limitNamed(name: string): Promise<Shown> {
  const { limits } = (await engine.call("GET", "/v1/apps/limits/dev/limits")).json;
  return limits.find((each: Shown) => each.name === name);
}

const durable = (...args: string[]) => saidBy(args, { DURABLE_URL: engine.url, DURABLE_APP: "limits" });

test("a run that waits for a place says at which limit, for which key, who is in, and how many are before it", async () => {
  const runs = [];
  for (let no = 0; no < 4; no += 1) runs.push(await runOf("mail", { tenantId: "acme" }));
  const other = await runOf("mail", { tenantId: "other" });
  const [first, second, third, last] = await Promise.all(runs.map(app.show));
  expect([first.wait, second.wait, third.wait.gate.position]).toEqual([null, null, 1]);
  const { wait } = last;
  const { gate } = wait;
  expect(wait).toEqual({
    kind: "concurrency",
    step: null,
    since: last.live.ready_at,
    until: null,
    starts_at: null,
    starts_unknown: "unmeasured",
    jobs: 1,
    pause: null,
    gate: {
      limit: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: 'concurrency by tenantId of "mail"',
        kind: "concurrency",
        count: 2,
      },
      key: "acme",
      used: 2,
      position: 2,
      capped: false,
      pace_ms: null,
      opens_at: null,
      holders: runs.slice(0, 2).map((run) => ({
        run,
        since: expect.stringMatching(/^2.*Z$/),
        unit: "step",
        status: "running",
      })),
      waiting_for_it: [],
    },
    circuit: null,
    attempt: null,
    child: null,
    input: null,
    events: null,
  });
  expect(last.why).toBe(
    `It waits for a place at the concurrency by tenantId of "mail" for "acme", since ${wait.since}: 2 of 2 are taken, ` +
      `the longest by run ${runs[0]} since ${gate.holders[0].since}; 1 job is before it.`,
  );
  expect(JSON.parse(await durable("why", runs[3]!, "--json"))).toEqual({
    run: runs[3],
    status: "queued",
    why: last.why,
    wait,
  });
  const said = await durable("why", runs[3]!);
  expect(said).toContain(last.why);
  expect(said).toMatch(/^key +"acme"$/m);
  expect(said).toMatch(/^position +2$/m);
  expect(said).toMatch(new RegExp(`^held by +${runs[0]} +running, since `, "m"));

  // A list, and the event, say the same.
  const listed = (await engine.call("GET", "/v1/apps/limits/dev/runs")).json.runs;
  expect(listed.find((run: Shown) => run.id === last.id).wait).toEqual(wait);
  const sent = (await engine.call("GET", `/v1/apps/limits/dev/events/${last.event.id}`)).json;
  expect(sent).toMatchObject({ id: last.event.id, data: { tenantId: "acme" }, skips: [] });
  // What each read says of itself is its own.
  expect(sent.runs).toEqual([
    { ...listed.find((run: Shown) => run.id === last.id), rev: expect.any(Number) },
  ]);
  const words = `a place (2 of 2 taken) at the concurrency by tenantId of "mail" for "acme", position 2`;
  expect(await durable("events", "why", last.event.id)).toContain(
    `run ${last.id} of mail is queued; it waits for ${words}`,
  );
  const line = (await durable("runs", "ls")).split("\n").find((each) => each.startsWith(last.id));
  expect(line).toContain(words);

  expect(await limitNamed(gate.limit.name)).toEqual({
    id: gate.limit.id,
    name: gate.limit.name,
    function: "mail",
    kind: "concurrency",
    declared: 2,
    set_to: null,
    count: 2,
    period_ms: null,
    burst: null,
    used: 3,
    parked: 2,
    gates: [
      { key: "acme", unit: "step", used: 2, parked: 2 },
      { key: "other", unit: "step", used: 1, parked: 0 },
    ],
  });
  letGo();
  for (const run of [...runs, other]) expect((await app.ended(run)).status).toBe("completed");
  await waitFor("all places to be free", async () => {
    const { used, parked, gates } = await limitNamed(gate.limit.name);
    return used === 0 && parked === 0 && gates.length === 0;
  });
});

test("a limit that is set holds at once, in both directions, and is kept in the audit log", async () => {
  const { id } = await limitNamed('concurrency by tenantId of "mail"');
  expect(await durable("limits", "set", id, "0", "--reason", "the mail server is full")).toMatch(
    /Nobody is let in/,
  );
  const run = await runOf("mail", { tenantId: "acme" });
  expect((await app.show(run)).why).toContain(
    `a person has set the limit to 0 (durable limits reset ${id}).`,
  );
  expect(await durable("limits", "ls")).toMatch(
    new RegExp(`^${id}  0 \\(declared: 2\\) +0 +1 +"acme" \\(1\\) +concurrency by tenantId of "mail"$`, "m"),
  );
  letGo();
  expect(JSON.parse(await durable("limits", "set", id, "5", "--json"))).toEqual({ id, set_to: 5 });
  expect((await app.ended(run)).status).toBe("completed");
  // A sync keeps what a person has said.
  await engine.call("POST", "/v1/apps/limits/dev/sync", { url: app.url });
  expect(await limitNamed('concurrency by tenantId of "mail"')).toMatchObject({
    declared: 2,
    set_to: 5,
    count: 5,
  });
  expect(await durable("limits", "reset", id)).toContain("again what its function declares");
  expect(await limitNamed('concurrency by tenantId of "mail"')).toMatchObject({ set_to: null, count: 2 });
  const audit = await engine.database.sql`
    select actor, target, detail::json as detail from durable.audit where action = 'limit.set' order by id`;
  expect([...audit]).toEqual(
    [
      { to: 0, reason: "the mail server is full" },
      { to: 5, reason: null },
      { to: null, reason: null },
    ].map((detail) => ({ actor: "dev", target: 'concurrency by tenantId of "mail"', detail })),
  );
});

test("what is no limit, and no number, is refused", async () => {
  const set = async (id: string, body: unknown) => {
    const { status, json } = await engine.call("POST", `/v1/apps/limits/dev/limits/${id}`, body);
    return [status, json.code];
  };
  const { id } = await limitNamed('concurrency by tenantId of "mail"');
  expect(await set("00000000-0000-0000-0000-000000000000", { count: 1 })).toEqual([404, "not-found"]);
  expect(await set("mail", { count: 1 })).toEqual([404, "not-found"]);
  for (const count of [-1, 1.5, 1_000_001, "2", undefined])
    expect(await set(id, { count }), String(count)).toEqual([422, "validation"]);
  const { key } = (await engine.call("POST", "/v1/apps/limits/dev/keys", { scope: "send" })).json;
  const authorization = `Bearer ${key}`;
  for (const [method, path, body] of [
    ["GET", "limits", undefined],
    ["POST", `limits/${id}`, { count: 1 }],
  ] as const) {
    const refused = await engine.call(method, `/v1/apps/limits/dev/${path}`, body, { authorization });
    expect([refused.status, refused.json.code]).toEqual([403, "forbidden"]);
  }
});

test("planned steps that wait for a place say so in the why of their run", async () => {
  const run = await app.start("parts", null);
  await waitFor("two of three steps to be held back", async () => (await app.show(run)).wait?.jobs === 2);
  const { status, why, wait, steps } = await app.show(run);
  expect(wait.gate).toMatchObject({ used: 1, position: 1, holders: [{ run, unit: "step" }] });
  const { name } = steps.find((step: Shown) => step.id === wait.step.id);
  expect(wait.step.name).toBe(name);
  expect([status, why]).toEqual([
    "waiting",
    expect.stringContaining(
      `It waits: step "${name}" waits for a place at the concurrency of "parts", since `,
    ),
  ]);
  expect(why).toContain("1 of 1 are taken, by a step of this run since");
  expect(why).toContain("1 more of its steps waits at limits");
  letGo();
  expect((await app.ended(run)).status).toBe("completed");
});

test("a child that waits for the place of its own parent says that it never gets it", async () => {
  const parent = await app.start("family", null);
  await waitFor("the child to be held back", async () => (await app.show(parent)).children.length === 1);
  const child = (await app.show(parent)).children[0].run;
  await waitFor("the child to be held back", async () => (await app.show(child)).wait?.gate);
  const { wait, why } = await app.show(child);
  expect(wait).toMatchObject({ starts_at: null, starts_unknown: "never" });
  expect(wait.gate).toMatchObject({ waiting_for_it: [parent], holders: [{ run: parent, unit: "run" }] });
  expect(why).toContain(`All are held by runs that wait for this one (${parent}), so none is ever freed`);
  const { id } = wait.gate.limit;
  await engine.call("POST", `/v1/apps/limits/dev/limits/${id}`, { count: 2 });
  expect((await app.ended(parent)).status).toBe("completed");
  await engine.call("POST", `/v1/apps/limits/dev/limits/${id}`, { count: null });
});

test("a paused run keeps its place as a run, and who waits for it says so", async () => {
  const first = await runOf("pay", { account: "x" });
  await waitFor("the first to sleep", async () => (await app.show(first)).status === "waiting");
  await app.act(first, "pause");
  const second = await runOf("pay", { account: "x" });
  const { why, wait } = await app.show(second);
  expect(wait.gate.holders).toMatchObject([{ run: first, status: "paused", unit: "run" }]);
  expect(why).toMatch(`1 of 1 are taken, by run ${first}, which is paused, since`);
  await app.act(first, "cancel");
  await waitFor("the second to go on", async () => (await app.show(second)).status === "waiting");
});

test("a run that a throttle holds back says when it may start", async () => {
  const runs = [];
  for (let no = 0; no < 5; no += 1) runs.push(await runOf("slow", null));
  const begun = await engine.database.sql<{ at: number }[]>`
    select extract(epoch from opens_at)::float8 * 1000 as at from durable.gates where unit = 'start'`;
  // Two are paid for; with its burst of two the next goes one interval earlier.
  const opensMs = begun[0]!.at - 600_000;
  for (const [index, ahead] of [0, 1, 2].entries()) {
    const { wait, why } = await app.show(runs[index + 2]!);
    expect(wait.kind).toBe("throttle");
    expect(wait.gate).toMatchObject({ limit: { count: 6 }, used: 0, position: ahead + 1, holders: [] });
    expect(Math.abs(Date.parse(wait.gate.opens_at) - opensMs)).toBeLessThan(2);
    expect(Math.abs(Date.parse(wait.starts_at) - opensMs - ahead * 600_000)).toBeLessThan(2);
    expect(why).toContain(
      `its start at the throttle of "slow", since ${wait.since}: it may start at ${wait.starts_at}`,
    );
  }
});
