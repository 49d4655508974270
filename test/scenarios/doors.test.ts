// What is true of every door: another workspace's id is unknown, production asks twice, a change is audited and is done once.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ruleOf } from "../../engine/src/auth/actions.ts";
import type { Row } from "../../engine/src/http/contract/row.ts";
import { type Operation, TABLE } from "../../engine/src/http/contract/table.ts";
import { signedHeaders } from "../support/signed-headers.ts";
import { waitFor } from "../support/wait.ts";
import { type ApiAnswer, startEngine } from "./api-engine.ts";
import { furnish, REQUESTS, type RouteRequest, type Things, UNKNOWN } from "./every-route.ts";

type Workspace = Awaited<ReturnType<typeof furnish>>;

let engine: Awaited<ReturnType<typeof startEngine>>;
let mine: Workspace;
let theirs: Workspace;

beforeAll(async () => {
  engine = await startEngine();
  [mine, theirs] = [await furnish(engine, "mine"), await furnish(engine, "theirs")];
});
afterAll(async () => {
  await Promise.all([mine.stop(), theirs.stop()]);
  await engine.stop();
});

/** Tells which requests name something. */
const fakes = Object.fromEntries(
  Object.keys(UNKNOWN).map((name) => [name, `x-${name}`]),
) as unknown as Things;

const rows = Object.entries(TABLE) as [Operation, Row][];
const named = rows.filter(([name]) => REQUESTS[name] !== null);
const changing = named.filter(([, { action }]) => ruleOf(action).effect === "changes");

function send(
  name: Operation,
  at: string,
  of: Things,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  const { path, body, isSigned } = REQUESTS[name]!(of) as RouteRequest;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const own = isSigned ? signedHeaders(text ?? "") : {};
  return engine.call((TABLE[name] as Row).method.toUpperCase(), at + path, text, { ...own, ...headers });
}

/** What somebody learns from an answer: all of it but the name of the occurrence, and the name that was asked for. */
function learnt({ status, json }: ApiAnswer, of: Things): unknown {
  const text = JSON.stringify({ status, ...json, requestId: "" });
  return Object.values(of).reduce<string>((rest, id) => rest.replaceAll(`"${id}\\"`, '"ID\\"'), text);
}

describe("another workspace's id is as unknown as one that nothing has", () => {
  const withId = named.filter(([name]) => REQUESTS[name]!(UNKNOWN).path !== REQUESTS[name]!(fakes).path);

  test("most routes have one", () => expect(withId.length).toBeGreaterThan(30));

  test.each(withId)("%s", async (name) => {
    const foreign = await send(name, mine.at, theirs.things);
    const unknown = await send(name, mine.at, UNKNOWN);
    expect(foreign.status, foreign.text).toBe(404);
    expect(learnt(foreign, theirs.things)).toEqual(learnt(unknown, UNKNOWN));
  });
});

const auditedBy = async (at: string, query = "") =>
  (await engine.call("GET", `${at}/audit?limit=200${query}`)).json.audit as {
    action: string;
    target: string;
    actor: string;
    detail: string | null;
  }[];

describe("a change by a person", () => {
  const people = changing.filter(([name]) => REQUESTS[name]!(UNKNOWN).isSigned !== true);

  test("in production is asked about twice, and done with the token for this very call", async () => {
    await engine.call("POST", `${theirs.at}/mark`, { production: true });
    for (const [name, { action }] of people) {
      const isAsked = ruleOf(action).unasked === null;
      const first = await send(name, theirs.at, UNKNOWN);
      expect(first.status === 428, `${name}: ${first.text}`).toBe(isAsked);
      if (!isAsked) continue;
      expect(first.json).toMatchObject({ code: "confirmation-needed", confirm: expect.any(String) });
      const confirm = { "durable-confirm": first.json.confirm };
      if (name === "triggerFunction") {
        expect((await send(name, theirs.at, { ...UNKNOWN, fn: "other" }, confirm)).status).toBe(428);
      }
      // Last: it would take the mark away.
      if (name !== "markWorkspace") {
        const second = await send(name, theirs.at, UNKNOWN, confirm);
        expect(second.status, `${name}: ${second.text}`).not.toBe(428);
      }
    }
    expect((await send("listRuns", theirs.at, UNKNOWN)).status).toBe(200);
    const first = await send("markWorkspace", theirs.at, UNKNOWN);
    await send("markWorkspace", theirs.at, UNKNOWN, { "durable-confirm": first.json.confirm });
    expect((await send("pauseTarget", theirs.at, theirs.things)).status).toBe(200);
  });

  test("what an event key sends is not asked about", async () => {
    await engine.call("POST", `${mine.at}/mark`, { production: true });
    const asked = await engine.call("POST", "/v1/events?app=mine", { name: "a" });
    expect(asked.json.code).toBe("confirmation-needed");
    const body = JSON.stringify({ scope: "send" });
    const { confirm } = (await engine.call("POST", `${mine.at}/keys`, body)).json;
    const { key } = (await engine.call("POST", `${mine.at}/keys`, body, { "durable-confirm": confirm })).json;
    const sent = await engine.call("POST", "/v1/events", { name: "a" }, { authorization: `Bearer ${key}` });
    expect(sent.status, sent.text).toBe(200);
    const unmark = JSON.stringify({ production: false });
    const again = (await engine.call("POST", `${mine.at}/mark`, unmark)).json.confirm;
    expect((await engine.call("POST", `${mine.at}/mark`, unmark, { "durable-confirm": again })).status).toBe(
      200,
    );
  });

  /** In this order, for what one does the next undoes or needs; the run ends last. */
  const LAST: readonly Operation[] = ["deleteSchedule", "deleteWebhook", "cancelRun"];
  const inOrder = [...people].sort(([a], [b]) => LAST.indexOf(a) - LAST.indexOf(b));

  test("is a row of the audit, whichever it is, and done once with an Idempotency-Key", async () => {
    for (const [name, { action, method, path }] of inOrder) {
      const before = await auditedBy(mine.at);
      const once = { "idempotency-key": `once ${name}` };
      const first = await send(name, mine.at, mine.things, once);
      expect(first.status, `${name}: ${first.text}`).toBeLessThan(300);
      const after = await auditedBy(mine.at);
      const isAudited = ruleOf(action).audited !== null;
      // A sync that changes nothing has nothing to tell.
      if (name !== "syncApp") {
        expect(after.length - before.length, `${method} ${path} writes no audit row`).toBe(isAudited ? 1 : 0);
      }
      const again = await send(name, mine.at, mine.things, once);
      expect([again.status, again.text], name).toEqual([first.status, first.text]);
      expect(again.headers.get("idempotency-replayed")).toBe("true");
      expect((await auditedBy(mine.at)).length, `${name} was done twice`).toBe(after.length);
    }
  });
});

describe("the audit", () => {
  test("is filtered by who, what, to what and when, and read page after page", async () => {
    const all = await auditedBy(mine.at);
    const cancel = await auditedBy(mine.at, `&target=${mine.things.run}&action=run.cancel`);
    expect(cancel).toMatchObject([{ action: "run.cancel", target: mine.things.run, actor: "dev" }]);
    expect(await auditedBy(mine.at, "&actor=nobody")).toEqual([]);
    expect(await auditedBy(mine.at, "&to=2020-01-01T00:00:00.000Z")).toEqual([]);
    const ids: string[] = [];
    for (let cursor = ""; ; ) {
      const { audit, next } = (await engine.call("GET", `${mine.at}/audit?limit=7${cursor}`)).json;
      ids.push(...audit.map(({ id }: { id: string }) => id));
      if (next === null) break;
      cursor = `&cursor=${next}`;
    }
    expect(ids).toEqual(all.map((deed) => (deed as unknown as { id: string }).id));
    const others = new Set(
      (await auditedBy(theirs.at)).map((deed) => (deed as unknown as { id: string }).id),
    );
    expect(others.size).toBeGreaterThan(5);
    expect(ids.filter((id) => others.has(id))).toEqual([]);
  });
});

describe("an Idempotency-Key", () => {
  const at = (key: string) => ({ "idempotency-key": key });

  test("is for one request, and for one actor", async () => {
    const make = (scope: string, headers: Record<string, string>) =>
      engine.call("POST", `${mine.at}/keys`, { scope }, headers);
    const first = await make("admin", at("k1"));
    expect((await make("read", at("k1"))).json).toMatchObject({
      status: 422,
      code: "idempotency-key-reused",
    });
    const other = await make("admin", { ...at("k1"), authorization: `Bearer ${first.json.key}` });
    expect(other.status).toBe(201);
    expect(other.json.key).not.toBe(first.json.key);
    const [stored] = await engine.database.sql<{ hidden: boolean }[]>`
      select bool_and(position(${first.json.key} in coalesce(answer, '')) = 0) as hidden from durable.idempotency_keys`;
    expect(stored!.hidden).toBe(true);
    expect((await make("read", at(""))).json.code).toBe("validation");
  });

  test("twenty at once are one", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        engine.call("POST", `${mine.at}/functions/${mine.things.fn}/trigger`, { data: 1 }, at("k2")),
      ),
    );
    const runs = new Set(answers.filter(({ status }) => status === 200).map(({ json }) => json.run));
    expect(runs.size).toBe(1);
    expect(answers.every(({ status, json }) => status === 200 || json.code === "request-in-flight")).toBe(
      true,
    );
  });

  test("of a refused request may be used again", async () => {
    const trigger = (fn: string) => engine.call("POST", `${mine.at}/functions/${fn}/trigger`, {}, at("k3"));
    expect((await trigger("nothing")).status).toBe(404);
    expect((await trigger(mine.things.fn)).status).toBe(200);
  });
});

test("an ETag says that a run or a list is as it was", async () => {
  for (const path of [`/runs/${mine.things.run}`, "/runs"]) {
    const first = await engine.call("GET", mine.at + path);
    const etag = first.headers.get("etag")!;
    const same = await engine.call("GET", mine.at + path, undefined, { "if-none-match": etag });
    expect([same.status, same.text]).toEqual([304, ""]);
    const other = await engine.call("GET", mine.at + path, undefined, { "if-none-match": '"x"' });
    expect(other.status).toBe(200);
  }
});

test("a trigger that waits is answered with the end, or with 202 while it goes on", async () => {
  const trigger = (fn: string) =>
    engine.call("POST", `${mine.at}/functions/${fn}/trigger?wait=${fn.startsWith("nap") ? 0.2 : 20}`, {});
  const ended = await trigger("quick-mine");
  expect([ended.status, ended.json.status, ended.json.output]).toEqual([200, "completed", 1]);
  const goesOn = await trigger("nap-mine");
  expect([goesOn.status, goesOn.json.run]).toEqual([202, expect.any(String)]);
});

test("a run token shows the named fields of its run, and opens nothing else", async () => {
  const { at, things } = mine;
  const { token } = (await engine.call("POST", `${at}/runs/${things.asleep}/tokens`, { fields: ["status"] }))
    .json;
  const by = { authorization: `Bearer ${token}` };
  const seen = await engine.call("GET", `${at}/runs/${things.asleep}/watch`, undefined, by);
  expect(seen.json).toEqual({ id: things.asleep, ended: false, status: expect.any(String) });
  for (const path of [
    `/runs/${things.run}/watch`,
    `/runs/${things.run}/watch/stream`,
    `/runs/${things.asleep}`,
    "/runs",
  ])
    expect((await engine.call("GET", at + path, undefined, by)).status, path).toBe(403);
  expect((await engine.call("GET", `${theirs.at}/runs/${things.asleep}/watch`, undefined, by)).status).toBe(
    403,
  );
  const bent = { authorization: `Bearer ${token.slice(0, -2)}AA` };
  expect((await engine.call("GET", `${at}/runs/${things.asleep}/watch`, undefined, bent)).status).toBe(401);
});

describe("an API key", () => {
  const keyOf = async (scope: string, more: object = {}) => {
    const { key } = (await engine.call("POST", `${mine.at}/keys`, { scope, ...more })).json;
    return { authorization: `Bearer ${key}` };
  };

  test("reaches as far as its scope, in its workspace, and sees its own among the apps", async () => {
    const by = await keyOf("read");
    expect((await engine.call("GET", `${mine.at}/runs`, undefined, by)).status).toBe(200);
    expect((await engine.call("GET", `${theirs.at}/runs`, undefined, by)).status).toBe(403);
    expect((await engine.call("GET", "/v1/apps/nobody/dev/runs", undefined, by)).status).toBe(403);
    const cancel = await engine.call("POST", `${mine.at}/runs/${mine.things.run}/cancel`, {}, by);
    expect(cancel.json.detail).toContain('needs "write"');
    const { apps } = (await engine.call("GET", "/v1/apps", undefined, by)).json;
    expect(apps.map(({ app }: { app: string }) => app)).toEqual(["mine"]);
  });

  test("does not say where the app answers, unless it is the workspace's admin", async () => {
    const sync = async (scope: string) =>
      engine.call("POST", `${mine.at}/sync`, { url: theirs.url }, await keyOf(scope));
    expect((await sync("write")).json).toMatchObject({ status: 403, code: "forbidden" });
    // It is asked, and answers for another app.
    expect((await sync("admin")).json.code).toBe("inspect-failed");
  });

  test("ends by itself, and says when it was last used", async () => {
    const by = await keyOf("read", { expires_in_s: 1 });
    const read = () => engine.call("GET", `${mine.at}/runs`, undefined, by);
    expect((await read()).status).toBe(200);
    const used = async () => (await engine.call("GET", `${mine.at}/keys?limit=1`)).json.keys[0].last_used_at;
    await waitFor("its use to be noted", async () => (await used()) !== null);
    await waitFor("its end", async () => (await read()).status === 401);
  });
});
