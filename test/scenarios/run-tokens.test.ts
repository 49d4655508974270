// Sight of one run for somebody who is not of the house: what a token shows, to whom, for how long, and to pages of any origin.
import { DEV_SECRET, makeRunToken, parseSecret, RUN_FIELDS, type RunGrant } from "@durable/protocol/wire";
import { createFunction, Durable } from "@durable/sdk";
import { watchRun } from "@durable/sdk/browser";
import { beforeAll, describe, expect, test } from "vitest";
import { readEvents } from "../../engine/src/http/server-sent-events.ts";
import { runCommand } from "../support/command-line.ts";
import { waitFor } from "../support/wait.ts";
import { asAdmin } from "./api-engine.ts";
import { engineWithApp } from "./engine-with-app.ts";

const PAGE = { origin: "https://shop.example" };

let wrapped: () => void;
const wrapping = new Promise<void>((resolve) => {
  wrapped = resolve;
});

const pack = createFunction({
  id: "pack",
  trigger: { event: "pack" },
  handler: async ({ event, step }) => {
    const { order } = event.data as { order: number };
    step.setState({ phase: "packing" });
    await step.run("load", () => "only in the house");
    await step.run("wrap", async ({ heartbeat }) => {
      await heartbeat(0.5, "half");
      if (order === 1) await wrapping;
      return "only in the house";
    });
    await step.waitForEvent("pick up", { event: "picked-up", match: { order }, timeout: "1h" });
    if (order === 13) throw Object.assign(new Error("no parcel"), { internal: "only in the house" });
    return { parcel: order };
  },
});

const { engine, app } = engineWithApp("shop", [pack]);
let durable: Durable;
beforeAll(() => {
  // What steps say while they run is sent there.
  process.env["DURABLE_URL"] = engine.url;
  durable = new Durable({ app: "shop", url: engine.url });
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const watch = (run: string) => `/v1/apps/shop/dev/runs/${run}/watch`;
const pickUp = (order: number) =>
  engine.call("POST", "/v1/events?app=shop", { name: "picked-up", data: { order } });

async function waiting(order: number): Promise<string> {
  const run = await app.start("pack", { order });
  await waitFor("the wait", async () => (await app.show(run)).status === "waiting");
  return run;
}

interface View {
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it
  readonly run: any;
}

/** All that a stream tells: the id and the view of each message. */
async function* follow(
  run: string,
  token: string,
  headers: Record<string, string> = {},
): AsyncGenerator<View> {
  const response = await fetch(`${engine.url}${watch(run)}/stream`, {
    headers: { ...bearer(token), ...headers },
  });
  expect(response.status, response.ok ? "" : await response.clone().text()).toBe(200);
  for await (const { event, id, data } of readEvents(response.body!)) {
    if (event === "message" && data !== null) yield { id: id!, run: JSON.parse(data) };
  }
}

async function allOf(stream: AsyncGenerator<View>): Promise<View[]> {
  const views: View[] = [];
  for await (const view of stream) views.push(view);
  return views;
}

test("a token that an app has made by itself shows the named fields of its run, and nothing else", async () => {
  const run = await waiting(2);
  const shown = async (fields: RunGrant["fields"]) => {
    const { token, url } = await durable.runToken(run, { fields });
    expect(url).toBe(engine.url + watch(run));
    return await engine.call("GET", watch(run), undefined, bearer(token));
  };
  const each: Record<string, unknown> = {
    status: "waiting",
    state: { phase: "packing" },
    progress: [],
    steps: [
      { name: "load", n: 0, status: "ok", settled_at: expect.any(String) },
      { name: "wrap", n: 0, status: "ok", settled_at: expect.any(String) },
      { name: "pick up", n: 0, status: "pending", settled_at: null },
    ],
    output: null,
    failure: null,
  };
  expect(Object.keys(each)).toEqual([...RUN_FIELDS]);
  for (const field of RUN_FIELDS) {
    expect((await shown([field])).json).toEqual({ id: run, ended: false, [field]: each[field] });
  }
  const all = await shown(RUN_FIELDS);
  expect(all.json).toEqual({ id: run, ended: false, ...each });
  expect(all.text).not.toContain("only in the house");
  await pickUp(2);
  await app.ended(run);
  expect((await shown(["output"])).json).toEqual({ id: run, ended: true, output: { parcel: 2 } });
});

test("a failure is shown by its name and message, and not by its place in the code", async () => {
  const run = await waiting(13);
  const { token } = await durable.runToken(run, { fields: ["failure"] });
  await pickUp(13);
  await app.ended(run, 40);
  const { json, text } = await engine.call("GET", watch(run), undefined, bearer(token));
  expect(json).toEqual({ id: run, ended: true, failure: { name: "Error", message: "no parcel" } });
  expect(text).not.toContain("only in the house");
});

test("its stream tells each view once, with what a step says while it runs, and ends with the run", async () => {
  const run = await app.start("pack", { order: 1 });
  const { token } = await durable.runToken(run, { fields: ["status", "progress", "output"] });
  const views: View[] = [];
  for await (const view of follow(run, token)) {
    views.push(view);
    if (view.run.progress.length > 0) wrapped();
    if (view.run.status === "waiting") await pickUp(1);
  }
  const half = { name: "wrap", progress: { progress: 0.5, detail: "half" }, at: expect.any(String) };
  expect(views.map((view) => view.run.progress)).toContainEqual([half]);
  expect(views.at(-1)!.run).toEqual({
    id: run,
    ended: true,
    status: "completed",
    progress: [],
    output: { parcel: 1 },
  });
  // A run may come to look as it did before.
  expect(views.filter(({ id }, at) => id === views[at - 1]?.id)).toEqual([]);
  expect(views.slice(0, -1).every((view) => view.run.ended === false)).toBe(true);
});

test("who comes back with the id of the view that it has is told what is other, and that alone", async () => {
  const run = await waiting(3);
  const { token } = await durable.runToken(run, { fields: ["status"] });
  const first = (await follow(run, token).next()).value!;
  const again = follow(run, token, { "last-event-id": first.id });
  const next = again.next();
  await pickUp(3);
  const told = (await next).value!;
  expect(told.run.status).not.toBe("waiting");
  expect(told.id).not.toBe(first.id);
  for await (const _ of again);
  // Of a run that has ended there is one view, and then the end.
  const views = await allOf(follow(run, token));
  expect(views.map((view) => view.run)).toEqual([{ id: run, ended: true, status: "completed" }]);
  expect(await allOf(follow(run, token, { "last-event-id": views[0]!.id }))).toEqual([]);
});

describe("a token opens nothing else", () => {
  test("of another run it says the same, whether that is there or not, here or elsewhere", async () => {
    const [mine, other] = [await waiting(4), await waiting(5)];
    const by = { ...bearer((await durable.runToken(mine, { fields: ["status"] })).token), ...PAGE };
    const refusals = [];
    for (const id of [other, "00000000-0000-7000-8000-000000000000", "nonsense"]) {
      for (const end of ["", "/stream"]) {
        const { status, json } = await engine.call("GET", watch(id) + end, undefined, by);
        refusals.push({ status, ...json, requestId: "" });
      }
    }
    expect(refusals[0]).toMatchObject({ status: 403, code: "forbidden" });
    expect(new Set(refusals.map((each) => JSON.stringify(each))).size).toBe(1);
    const elsewhere = [];
    for (const [place, id] of [
      ["shop/prod", mine],
      ["nobody/dev", mine],
      ["nobody/dev", other],
    ]) {
      const path = `/v1/apps/${place}/runs/${id}/watch`;
      const { status, json } = await engine.call("GET", path, undefined, by);
      elsewhere.push({ status, ...json, requestId: "" });
    }
    expect(elsewhere[0]).toMatchObject({ status: 403 });
    expect(new Set(elsewhere.map((each) => JSON.stringify(each))).size).toBe(1);
    for (const path of ["/runs", `/runs/${mine}`, `/stream?topics=run:${mine}`, `/runs/${mine}/tokens`])
      expect((await engine.call("GET", `/v1/apps/shop/dev${path}`, undefined, by)).status, path).not.toBe(
        200,
      );
    await Promise.all([pickUp(4), pickUp(5)]);
  });

  test("its stream has no name, by which it could be turned to something else", async () => {
    const run = await waiting(6);
    const { token } = await durable.runToken(run, { fields: ["status"] });
    const response = await fetch(`${engine.url}${watch(run)}/stream`, { headers: bearer(token) });
    const reader = response.body!.getReader();
    const text = new TextDecoder().decode((await reader.read()).value);
    expect(text).toContain("event: open\ndata: {}\n\n");
    await reader.cancel();
    await pickUp(6);
  });
});

describe("how long it is good", () => {
  const secret = parseSecret(DEV_SECRET);
  const nowS = () => Math.floor(Date.now() / 1000);
  const sealed = (more: Partial<RunGrant>, key = secret) =>
    makeRunToken(key, {
      app: "shop",
      env: "dev",
      run: "00000000-0000-7000-8000-000000000000",
      fields: ["status"],
      until: nowS() + 60,
      ...more,
    });
  const ask = async (token: string, place = "shop/dev") => {
    const path = `/v1/apps/${place}/runs/00000000-0000-7000-8000-000000000000/watch`;
    const { status, json } = await engine.call("GET", path, undefined, bearer(token));
    return { status, detail: json.detail as string };
  };

  test("until its end, which is 7 days away at most, whoever made it", async () => {
    expect(await ask(sealed({}))).toMatchObject({ status: 404 });
    expect(await ask(sealed({ until: nowS() - 1 }))).toMatchObject({
      status: 401,
      detail: expect.stringMatching(/time .* is over/),
    });
    const wrong = await ask(sealed({ until: nowS() + 8 * 86_400 }));
    expect(wrong).toMatchObject({ status: 401, detail: expect.stringMatching(/not valid/) });
    // A stranger learns nothing from the difference between these.
    const other = parseSecret(`whsec_${btoa("x".repeat(32))}`);
    for (const token of [sealed({}, other), sealed({ until: 1 }, other), sealed({ app: "nobody" }), "drt_x"])
      expect(await ask(token)).toEqual(wrong);
  });

  test("while a secret rotates with an overlap; one that is retired at once takes its tokens along", async () => {
    const secrets = "/v1/apps/rotating/dev/signing-secrets";
    const first = (await engine.call("POST", secrets, {}, asAdmin)).json;
    const token = sealed({ app: "rotating" }, parseSecret(first.secret));
    expect((await ask(token, "rotating/dev")).status).toBe(404);
    const second = (await engine.call("POST", secrets, {}, asAdmin)).json;
    await engine.call("POST", `${secrets}/${first.id}/retire`, { after_s: 3_600 }, asAdmin);
    expect((await ask(token, "rotating/dev")).status).toBe(404);
    expect((await ask(sealed({ app: "rotating" }, parseSecret(second.secret)), "rotating/dev")).status).toBe(
      404,
    );
    await engine.call("POST", `${secrets}/${first.id}/retire`, {}, asAdmin);
    expect((await ask(token, "rotating/dev")).status).toBe(401);
  });

  test("the SDK makes none that the engine would refuse", async () => {
    const run = "00000000-0000-7000-8000-000000000000";
    await expect(durable.runToken(run, { fields: [] })).rejects.toThrow(/shows nothing/);
    await expect(durable.runToken(run, { fields: ["event" as "status"] })).rejects.toThrow(/cannot show/);
    await expect(durable.runToken(run, { fields: ["status"], expiresIn: "8d" })).rejects.toThrow(/7 days/);
    await expect(durable.runToken(run, { fields: ["status"], expiresIn: 10 })).rejects.toThrow(/1 second/);
    const { expiresAt } = await durable.runToken(run, { fields: ["status"] });
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - 3_600_000)).toBeLessThan(10_000);
  });
});

describe("pages of any origin", () => {
  test("are let in by the token alone, and can read why they are refused", async () => {
    const run = await waiting(7);
    const { token } = await durable.runToken(run, { fields: ["status"] });
    for (const end of ["", "/stream"]) {
      const asked = await engine.call("OPTIONS", watch(run) + end, undefined, {
        ...PAGE,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization,last-event-id",
      });
      expect([asked.status, asked.text]).toEqual([204, ""]);
      expect(asked.headers.get("access-control-allow-origin")).toBe("*");
      expect(asked.headers.get("access-control-allow-methods")).toBe("GET");
      expect(asked.headers.get("access-control-allow-headers")).toBe("authorization, last-event-id");
      expect(asked.headers.get("access-control-allow-credentials")).toBeNull();
      const ending = new AbortController();
      const url = engine.url + watch(run) + end;
      const seen = await fetch(url, { headers: { ...bearer(token), ...PAGE }, signal: ending.signal });
      expect([seen.status, seen.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
      ending.abort();
      for (const headers of [{ ...bearer("drt_bent"), ...PAGE }, PAGE]) {
        const refused = await engine.call("GET", watch(run) + end, undefined, headers);
        expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, "*"]);
      }
    }
    await pickUp(7);
  });

  test("in development a page of the same machine needs a token too", async () => {
    const local = { origin: "http://localhost:5173" };
    const run = await waiting(8);
    expect((await engine.call("GET", watch(run), undefined, local)).status).toBe(401);
    expect((await engine.call("GET", watch(run))).status).toBe(200);
    await pickUp(8);
  });

  test("no other route answers them", async () => {
    for (const path of ["/v1/apps/shop/dev/runs", "/v1/apps/shop/dev/stream", "/v1/apps", "/healthz"]) {
      const asked = await engine.call("OPTIONS", path, undefined, PAGE);
      expect([asked.status, asked.headers.get("access-control-allow-origin")], path).toEqual([405, null]);
      const got = await engine.call("GET", path, undefined, { ...PAGE, ...asAdmin });
      expect(got.headers.get("access-control-allow-origin"), path).toBeNull();
    }
  });
});

test("a run has a bounded number of streams; who goes makes room", async () => {
  const run = await waiting(9);
  const { token } = await durable.runToken(run, { fields: ["status"] });
  const open = (signal?: AbortSignal) =>
    fetch(`${engine.url}${watch(run)}/stream`, { headers: bearer(token), ...(signal && { signal }) });
  const first = new AbortController();
  const others = new AbortController();
  const opened = await Promise.all(
    Array.from({ length: 100 }, (_, at) => open(at === 0 ? first.signal : others.signal)),
  );
  expect(opened.filter(({ status }) => status !== 200)).toEqual([]);
  const refused = await open();
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ code: "too-many-requests" });
  first.abort();
  await waitFor("a place", async () => {
    const { status, body } = await open(others.signal);
    if (status !== 200) await body?.cancel();
    return status === 200;
  });
  others.abort();
  await pickUp(9);
});

test("whose time is over while it follows a run is sent away with the next beat, and goes on with another token", async () => {
  const run = await waiting(11);
  let made = 0;
  const seen: unknown[] = [];
  const { url } = await durable.runToken(run, { fields: ["status"] });
  const end = await watchRun({
    url,
    async token() {
      made += 1;
      // The first is over before the first beat; with the second it hears the end.
      if (made === 2) await pickUp(11);
      const expiresIn = made === 1 ? "1s" : "1m";
      return (await durable.runToken(run, { fields: ["status"], expiresIn })).token;
    },
    onChange: ({ status }) => seen.push(status),
  });
  expect([made, end.status, seen[0]]).toEqual([2, "completed", "waiting"]);
});

test("durable runs token prints a token that is good", async () => {
  const run = await waiting(10);
  const environment = { DURABLE_URL: engine.url };
  const args = ["runs", "token", run, "--app", "shop", "--fields", "status,state", "--expires", "15m"];
  const { code, out, err } = await runCommand(args, environment);
  expect([code, err]).toEqual([0, expect.stringMatching(/status, state until /)]);
  const { json } = await engine.call("GET", watch(run), undefined, bearer(out.trim()));
  expect(json).toEqual({ id: run, ended: false, status: "waiting", state: { phase: "packing" } });
  for (const bad of [
    ["--fields", "event"],
    ["--expires", "soon"],
  ])
    expect((await runCommand(["runs", "token", run, "--app", "shop", ...bad], environment)).code).toBe(2);
  const tooLong = await runCommand([...args.slice(0, -1), "8d"], environment);
  expect(tooLong.code).not.toBe(0);
  const audit = (await engine.call("GET", "/v1/apps/shop/dev/audit")).json.audit ?? [];
  expect(JSON.stringify(audit)).toContain("run.share");
  await pickUp(10);
});

test("no token stands in the log", () => {
  expect(engine.logged.join("")).not.toContain("drt_");
});
