import { createFunction } from "@durable/sdk";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiClient, createApiClient } from "../../engine/src/http/client.ts";
import type { StreamEvent } from "../../engine/src/http/follow.ts";
import { runCommand } from "../support/command-line.ts";
import { waitFor } from "../support/wait.ts";
import { startEngine } from "./api-engine.ts";
import { engineWithApp } from "./engine-with-app.ts";

const greet = createFunction({
  id: "greet",
  trigger: { event: "greet" },
  handler: async ({ event, step }) => {
    await step.run("look up", () => "Ada");
    await step.run("say", ({ log }) => {
      for (const word of ["hello", "again"]) log.info(`${word} ${(event.data as { no: number }).no}`);
    });
    return "said";
  },
});
const patient = createFunction({
  id: "patient",
  trigger: { event: "patient" },
  handler: async ({ step }) => {
    await step.waitForEvent("go on", { event: "go", timeout: "1h" });
  },
});

const { engine, app } = engineWithApp("shop", [greet, patient]);
let api: ApiClient;
beforeAll(() => {
  api = createApiClient({ url: engine.url });
});
afterAll(() => api.close());

const SHOP = { app: "shop", env: "dev" };

/** A stream that is read all the time, and what came of it so far. */
async function listen(topics: string[], params = SHOP) {
  const ending = new AbortController();
  const events: StreamEvent[] = [];
  const done = (async () => {
    for await (const event of api.stream({ params, topics, signal: ending.signal })) events.push(event);
  })();
  await Promise.race([waitFor("the stream", () => events.length > 0), done]);
  const patches = () => events.flatMap((event) => (event.event === "patch" ? [event.patch] : []));
  return {
    events,
    patches,
    sid: (events[0] as { sid: string }).sid,
    /** What is known of each thing of this kind, by its id. */
    state(kind: string) {
      const state = new Map<string | null, { rev: number; patch: Record<string, unknown> | null }>();
      for (const { kind: each, id, rev, patch } of patches()) {
        if (each === kind && rev > (state.get(id)?.rev ?? -1)) state.set(id, { rev, patch });
      }
      return state;
    },
    async stop() {
      ending.abort();
      await done;
    },
  };
}

test("runs are told as lists show them, and nothing of another workspace is", async () => {
  const other = await listen(["runs", "logs", "counters"], { app: "other", env: "dev" }).catch(
    (error) => error,
  );
  expect(other).toMatchObject({ code: "not-found" });
  const stream = await listen(["runs"]);
  const runs = await Promise.all([1, 2, 3].map((no) => app.start("greet", { no })));
  const isOver = (run: string) => stream.state("run").get(run)?.patch?.["status"] === "completed";
  await waitFor("three ends", () => runs.every(isOver));
  const listed = await api.listRuns({ params: SHOP, query: { function: "greet" } });
  for (const { rev, ...run } of listed.runs) {
    const told = stream.state("run").get(run.id)!;
    expect(told.patch).toMatchObject(run);
    expect(rev).toBeGreaterThanOrEqual(told.rev);
  }
  await stream.stop();
});

test("one run comes with its steps, each when it changes, and its lines from the first", async () => {
  const run = await app.start("greet", { no: 7 });
  await app.ended(run);
  const late = await listen([`run:${run}`, `logs:${run}@0`]);
  await waitFor("both lines", () => late.state("log").size === 2);
  const shown = (await api.getRun({ params: { ...SHOP, id: run } })).steps.map(({ id, seq }) => ({
    id,
    seq,
  }));
  expect(late.state("run").get(run)!.patch).toMatchObject({ id: run, status: "completed", steps: shown });
  expect([...late.state("log").values()].map(({ patch }) => patch!["message"])).toEqual([
    "hello 7",
    "again 7",
  ]);
  await late.stop();

  const waiting = await app.start("patient");
  const stream = await listen([`run:${waiting}@0`]);
  await waitFor("its wait", () => stream.patches().some(({ patch }) => patch?.["status"] === "waiting"));
  await engine.call("POST", "/v1/events?app=shop", { name: "go" });
  await waitFor("its end", () => stream.state("run").get(waiting)?.patch?.["status"] === "completed");
  const settled = stream
    .patches()
    .filter(({ patch }) => (patch!["steps"] as { seq: number | null }[]).some(({ seq }) => seq === 1));
  expect(settled.length).toBe(1);
  await stream.stop();
});

test("lines of all runs come once each, and other things by name", async () => {
  const stream = await listen(["logs", "limits", "schedules", "inputs", "pauses", "skips", "deployments"]);
  const runs = await Promise.all([11, 12, 13].map((no) => app.start("greet", { no })));
  await waitFor("six lines", () => stream.state("log").size === 6);
  for (const run of runs) {
    const { logs } = await api.listRunLogs({ params: { ...SHOP, id: run }, query: {} });
    const told = stream.patches().filter(({ topic }) => topic === `logs:${run}`);
    expect(told.map(({ id, patch }) => ({ id, message: patch!["message"] }))).toEqual(
      logs.map(({ id, message }) => ({ id, message })),
    );
  }
  const id = "stream-test";
  const body = { id, function: "greet", cron: "0 0 1 1 *" };
  expect((await engine.call("POST", "/v1/apps/shop/dev/schedules", body)).status).toBe(201);
  await waitFor("the schedule", () => stream.state("schedule").has(id));
  const pause = await engine.call("POST", "/v1/apps/shop/dev/pauses", { function: "greet" });
  await waitFor("the pause", () => stream.state("pause").has(pause.json.id));
  await engine.call("POST", `/v1/apps/shop/dev/pauses/${pause.json.id}/resume`, {});
  await engine.call("DELETE", `/v1/apps/shop/dev/schedules/${id}`);
  await stream.stop();
});

test("topics change while the stream is open, for whoever has opened it", async () => {
  const stream = await listen(["schedules"]);
  const run = await app.start("patient");
  const put = (sid: string, topics: string, path = "shop/dev") =>
    engine.call("PUT", `/v1/apps/${path}/stream/${sid}/topics`, { topics });
  expect((await put(stream.sid, `run:${run},counters`)).status).toBe(200);
  await waitFor("the run", () => stream.state("run").has(run));
  await waitFor("a count", () => {
    const { runs } = (stream.state("counters").get(null)?.patch ?? {}) as { runs?: { waiting?: number } };
    return (runs?.waiting ?? 0) > 0;
  });
  await app.act(run, "cancel");
  await waitFor("its end", () => stream.state("run").get(run)!.patch!["status"] === "cancelled");
  expect((await put(stream.sid, "runs", "other/dev")).status).toBe(404);
  expect((await put("00000000-0000-0000-0000-000000000000", "runs")).status).toBe(404);
  expect((await put(stream.sid, "runs,nonsense")).json).toMatchObject({ code: "validation" });
  await stream.stop();
});

test("who comes back with its last id hears what it has missed; with an id of another database, that all is to be read anew", async () => {
  const heard = await read("topics=runs,logs", {}, (text) => text.includes("event: open"));
  const id = /^id: (.*)$/m.exec(heard)![1]!;
  const run = await app.start("greet", { no: 21 });
  await app.ended(run);
  const missed = await read("topics=runs,logs", { "last-event-id": id }, (text) => text.includes("again 21"));
  expect(missed).toContain('"resumed":true');
  expect(missed).toContain(run);
  expect(missed.match(/hello 21/g)).toHaveLength(1);
  const foreign = id.replace(/^.{8}/, "00000000");
  const reset = await read("topics=runs", { "last-event-id": foreign }, (text) =>
    text.includes("event: reset"),
  );
  expect(reset).toContain('"reason":"old"');
  expect(reset).not.toContain(run);
});

test("an engine that stops ends its streams, instead of being kept by them", async () => {
  const other = await startEngine();
  await other.call("POST", "/v1/apps/shop/dev/sync", { url: app.url });
  const url = `${other.url}/v1/apps/shop/dev/stream?topics=runs`;
  const head = await fetch(url, { method: "HEAD" });
  expect(head.headers.get("content-type")).toBe("text/event-stream");
  const response = await fetch(url);
  // Else its connection would keep a stop waiting.
  expect(response.headers.get("connection")).toBe("close");
  const pieces = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await pieces.read()).value).toContain("event: open");
  const stopping = other.stop();
  // One that is cut off fails here.
  while (!(await pieces.read()).done);
  await stopping;
});

async function read(query: string, headers: Record<string, string>, isEnough: (text: string) => boolean) {
  const response = await fetch(`${engine.url}/v1/apps/shop/dev/stream?${query}`, { headers });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  let text = "";
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (isEnough(text) && /^id: /m.test(text)) break;
  }
  return text;
}

test("durable runs tail shows steps and lines of a run until its end", async () => {
  const tail = (run: string, ...flags: string[]) =>
    runCommand(["runs", "tail", run, "--app", "shop", ...flags], { DURABLE_URL: engine.url });
  const run = await app.start("greet", { no: 31 });
  const [text, json] = await Promise.all([tail(run), tail(run, "--json")]);
  expect(text.out).toMatch(/look up[\s\S]*say[\s\S]*completed/);
  expect(text.out).toMatch(/INFO +say: hello 31\n[\s\S]*INFO +say: again 31\n/);
  const objects = json.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(objects.flatMap(({ log }) => log?.message ?? [])).toEqual(["hello 31", "again 31"]);
  expect(objects.flatMap((object) => object.run ?? []).at(-1)).toMatchObject({
    id: run,
    status: "completed",
  });
  expect(await tail("00000000-0000-0000-0000-000000000000")).toMatchObject({ code: 4 });
});
