// What Prometheus reads of an engine: valid text, figures that are true, labels that are bounded, and who may.
import { readFileSync } from "node:fs";
import { createFunction, NonRetriableError } from "@durable/sdk";
import parsePrometheusTextFormat, { type Family, type Sample } from "parse-prometheus-text-format";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rollUp } from "../../engine/src/store/metrics.ts";
import { LABELLED_FUNCTIONS, LABELLED_WORKSPACES } from "../../engine/src/store/scrape.ts";
import { waitFor } from "../support/wait.ts";
import { asAdmin, startEngine } from "./api-engine.ts";
import { startSdkApp } from "./sdk-app.ts";

const METRICS_TOKEN = "test-metrics-token-of-more-than-32-characters";
const withToken = { authorization: `Bearer ${METRICS_TOKEN}` };

let engine: Awaited<ReturnType<typeof startEngine>>;
let app: Awaited<ReturnType<typeof startSdkApp>>;

const quick = createFunction({ id: "quick", trigger: { event: "quick" }, handler: () => 1 });
const fails = createFunction({
  id: "fails",
  trigger: { event: "fails" },
  handler: () => {
    throw new NonRetriableError("it fails");
  },
});
const narrow = createFunction({
  id: "narrow",
  trigger: { event: "narrow" },
  concurrency: { limit: 1, unit: "run" },
  handler: ({ step }) => step.sleep("long", "1h"),
});

beforeAll(async () => {
  engine = await startEngine({ metricsToken: METRICS_TOKEN });
  app = await startSdkApp(engine, "shop", [quick, fails, narrow]);
  for (const name of ["quick", "quick", "fails"]) await app.ended(await app.start(name));
  for (let i = 0; i < 3; i += 1) await app.start("narrow");
});
afterAll(async () => {
  await app.stop();
  await engine.stop();
});

async function scrape(headers: Record<string, string> = withToken) {
  const { text, headers: answered, status } = await engine.call("GET", "/metrics", undefined, headers);
  return { text, status, type: answered.get("content-type") };
}

/** By the parser of somebody else. It takes a histogram for one series, so it is shown what they are made of. */
function parsed(text: string): Map<string, Family> {
  return new Map(
    parsePrometheusTextFormat(text.replaceAll(/^# TYPE \S+ histogram$/gm, "")).map((family) => [
      family.name,
      family,
    ]),
  );
}

/** The one sample of a family with these labels. */
function figure(text: string, name: string, labels: Readonly<Record<string, string>> = {}): Sample {
  const family = parsed(text).get(name);
  const found = (family?.metrics ?? []).filter((sample) =>
    Object.entries(labels).every(([label, value]) => sample.labels?.[label] === value),
  );
  expect(found, `${name} ${JSON.stringify(labels)}`).toHaveLength(1);
  return found[0]!;
}

const value = (...of: Parameters<typeof figure>) => Number(figure(...of).value);

async function counted(): Promise<string> {
  await engine.database.sql`update durable.metric_cursor set sampled_at = '-infinity'`;
  await engine.database.sql`delete from durable.metric_backlogs`;
  let text = "";
  await waitFor("the figures", async () => {
    await rollUp(engine.database, 30);
    ({ text } = await scrape());
    return /durable_runs_ended_total\{[^}]*function="fails",status="failed"\} 1/.test(text);
  });
  return text;
}

test("starts, ends, phases, the backlog, limits, circuits, engines and the process", async () => {
  await waitFor("the figures", async () => {
    const [row] = await engine.database.sql`select count(*)::int as count from durable.parked`;
    return row!["count"] === 2;
  });
  const text = await counted();
  const shop = { app: "shop", environment: "dev" };
  expect(value(text, "durable_runs_started_total", { ...shop, function: "quick" })).toBe(2);
  expect(value(text, "durable_runs_started_total", { ...shop, function: "narrow" })).toBe(3);
  expect(value(text, "durable_runs_ended_total", { function: "quick", status: "completed" })).toBe(2);
  expect(value(text, "durable_runs_ended_total", { function: "fails", status: "failed" })).toBe(1);
  expect(value(text, "durable_failed_attempts_total", { ...shop, function: "fails" })).toBe(1);
  const total = (part: string, more = {}) =>
    value(text, `durable_run_phase_duration_seconds_${part}`, { function: "quick", phase: "total", ...more });
  expect(total("count")).toBe(2);
  expect(total("sum")).toBeGreaterThan(0);
  expect(total("bucket", { le: "+Inf" })).toBe(2);
  expect(value(text, "durable_runs", { ...shop, status: "waiting" })).toBe(1);
  expect(value(text, "durable_runs", { ...shop, status: "queued" })).toBe(2);
  expect(value(text, "durable_parked_jobs", shop)).toBe(2);
  expect(value(text, "durable_limit_parked_jobs", { ...shop, limit: 'concurrency of "narrow"' })).toBe(2);
  expect(value(text, "durable_oldest_queued_seconds", shop)).toBeGreaterThan(0);
  expect(value(text, "durable_circuits", { ...shop, state: "open" })).toBe(0);
  expect(value(text, "durable_engines")).toBe(1);
  expect(value(text, "durable_slots")).toBe(16);
  expect(value(text, "durable_metrics_age_seconds")).toBeLessThan(60);
  expect(value(text, "durable_commit_duration_seconds_count")).toBeGreaterThanOrEqual(4);
  expect(value(text, "process_resident_memory_bytes")).toBeGreaterThan(1e6);
  expect(value(text, "durable_event_loop_idle_seconds_total")).toBeGreaterThan(0);

  await engine.database.sql`
    insert into durable.circuits (workspace_id, state, error, probe_ms, next_probe_at)
    select id, 'open', 'down', 60000, now() + interval '1 hour' from durable.workspaces where app = 'shop'`;
  expect(value((await scrape()).text, "durable_circuits", { ...shop, state: "open" })).toBe(1);
  await engine.database.sql`delete from durable.circuits`;
});

test("counters only go up: what was counted stays when minutes are dropped", async () => {
  const before = await counted();
  await engine.database.sql`delete from durable.metric_minutes`;
  await engine.database.sql`delete from durable.metric_phases`;
  const after = (await scrape()).text;
  for (const name of ["durable_runs_started_total", "durable_run_phase_duration_seconds_count"])
    expect(parsed(after).get(name)).toEqual(parsed(before).get(name));
});

test("both formats are valid, and hold the same", async () => {
  const plain = await scrape();
  expect(plain.type).toBe("text/plain; version=0.0.4; charset=utf-8");
  const open = await scrape({ ...withToken, accept: "application/openmetrics-text;version=1.0.0,*/*;q=0.1" });
  expect(open.type).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
  for (const { text, type } of [plain, open]) expectValid(text, type!.startsWith("application"));
  const names = (text: string) => new Set([...text.matchAll(/^(?!#)[^\s{]+/gm)].map(([name]) => name));
  expect(names(open.text)).toEqual(names(plain.text));
});

/** The rules of the format that the parser does not ask for. */
function expectValid(text: string, isOpen: boolean): void {
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  if (isOpen) expect(lines.pop()).toBe("# EOF");
  const families = new Set<string>();
  const series = new Set<string>();
  const bucketsBefore = new Map<string, number>();
  let family = "";
  let type = "";
  for (const line of lines) {
    const head = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (head !== null) {
      const [, word, name, rest] = head;
      if (word === "HELP") {
        expect(families.has(name!), `${name} comes twice`).toBe(false);
        families.add(name!);
        family = name!;
      } else {
        expect(name).toBe(family);
        expect(["counter", "gauge", "histogram", ...(isOpen ? ["info"] : [])]).toContain(rest);
        type = rest!;
      }
      continue;
    }
    const sample = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (\S+)$/.exec(line);
    expect(sample, line).not.toBeNull();
    const [, name, labels = "", number] = sample!;
    expect(Number.isFinite(Number(number)), line).toBe(true);
    expect(series.has(name + labels), `${line} comes twice`).toBe(false);
    series.add(name + labels);
    const suffixes =
      type === "histogram" ? ["_bucket", "_sum", "_count"] : isOpen && type === "counter" ? ["_total"] : [""];
    const allowed = type === "info" ? ["_info"] : suffixes;
    expect(allowed.map((suffix) => family + suffix)).toContain(name);
    if (type === "counter") expect(name!.endsWith("_total"), line).toBe(true);
    if (name!.endsWith("_bucket")) {
      const of = labels.replace(/,?le="[^"]*"/, "");
      expect(Number(number), line).toBeGreaterThanOrEqual(bucketsBefore.get(name + of) ?? 0);
      bucketsBefore.set(name + of, Number(number));
    }
  }
}

test("labels are bounded: what comes after the first is `other`, and sums stay whole", async () => {
  const { sql } = engine.database;
  await sql`insert into durable.workspaces (app, environment) select 'many' || n, 'dev' from generate_series(1, 150) n`;
  await sql`insert into durable.metric_totals (workspace_id, function_id, started, completed, failed, cancelled, failed_attempts)
    select w.id, 'f' || n, 1, 1, 0, 0, 0 from durable.workspaces w, generate_series(1, 7) n where w.app like 'many%' order by w.id, n`;
  const { text } = await scrape();
  const started = parsed(text).get("durable_runs_started_total")!.metrics;
  const sum = started.reduce((all, sample) => all + Number(sample.value), 0);
  const [row] = await sql`select sum(started)::int as sum from durable.metric_totals`;
  expect(sum).toBe(row!["sum"]);
  expect(started.length).toBeLessThanOrEqual(LABELLED_FUNCTIONS + LABELLED_WORKSPACES + 1);
  const workspaces = new Set(started.map(({ labels }) => `${labels!["app"]}/${labels!["environment"]}`));
  expect(workspaces.size).toBeLessThanOrEqual(LABELLED_WORKSPACES + 1);
  expect(workspaces).toContain("other/other");
  expect(workspaces).toContain("shop/dev");
  const runs = parsed(text).get("durable_runs")!.metrics;
  expect(runs).toHaveLength((LABELLED_WORKSPACES + 1) * 4);
});

test("the door: the admin token, the metrics token, a key for its own workspace alone, and nobody else", async () => {
  const strangers = { origin: "https://evil.example" };
  expect((await scrape(strangers)).status).toBe(401);
  expect((await scrape({ ...strangers, ...asAdmin })).status).toBe(200);
  expect((await scrape({ ...strangers, ...withToken })).status).toBe(200);
  expect((await scrape({ authorization: "Bearer wrong" })).status).toBe(401);
  // It opens no other door.
  for (const path of ["/v1/apps", "/v1/apps/shop/dev/runs", "/v1/apps/shop/dev/metrics"])
    expect((await engine.call("GET", path, undefined, withToken)).status, path).toBe(403);

  const keyOf = async (of: string, scope: string) => {
    const { json } = await engine.call("POST", `/v1/apps/${of}/dev/keys`, { scope }, asAdmin);
    return { authorization: `Bearer ${json.key}` };
  };
  const { text } = await scrape(await keyOf("many1", "read"));
  const apps = new Set([...text.matchAll(/app="([^"]*)"/g)].map(([, name]) => name));
  expect([...apps]).toEqual(["many1"]);
  expect(text).not.toMatch(/^(process_|durable_engine|durable_slots)/m);
  expect((await scrape(await keyOf("many1", "send"))).status).toBe(403);
});

test("no statement of a scrape walks runs, jobs or minutes", () => {
  const text = readFileSync(new URL("../../engine/src/store/scrape.ts", import.meta.url), "utf8");
  const tables = new Set([...text.matchAll(/durable\.([a-z_]+)/g)].map(([, table]) => table!));
  expect([...tables].sort()).toEqual([
    "circuits",
    "engines",
    "limits",
    "metric_backlogs",
    "metric_cursor",
    "metric_limits",
    "metric_phase_totals",
    "metric_totals",
    "workspaces",
  ]);
});
