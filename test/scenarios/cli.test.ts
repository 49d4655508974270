// The command line as a person or a script uses it: what it prints where, and its exit codes. Commands run in this process;
// their door, and what looks at its terminal, in one of their own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text as allOf } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { stepId } from "@durable/protocol/wire";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, runCommand } from "../support/command-line.ts";
import { waitFor } from "../support/wait.ts";
import { startApp } from "./api-app.ts";
import { ADMIN_TOKEN, asAdmin, ENCRYPTION_KEY, startEngine } from "./api-engine.ts";

const DURABLE = fileURLToPath(new URL("../../engine/bin/durable.js", import.meta.url));
const NOWHERE = "http://127.0.0.1:1";
const NO_POSTGRES = "postgres://x:secret-password@127.0.0.1:1/x";

let engine: Awaited<ReturnType<typeof startEngine>>;
let shop: Awaited<ReturnType<typeof startApp>>;

beforeAll(async () => {
  engine = await startEngine({ mode: "production" });
  shop = await startApp({
    app: "shop",
    functions: [
      { id: "double", triggers: [{ event: "order.placed" }], input: { type: "number" } },
      { id: "idle", triggers: [{ event: "nap.begun" }] },
      { id: "asker", triggers: [{ event: "asked" }] },
    ],
    answer: ({ fn, input, memo }) => {
      if (fn === "asker") {
        const [answer] = memo;
        if (answer?.st === "ok") return { status: "done", output: answer.v };
        const identity = { id: stepId("", "sign", 0), name: "sign", n: 0 };
        const op = { op: "input", ...identity, ...(input.event.data as object) };
        return { status: "continue", ops: memo.length === 0 ? [op] : [] };
      }
      if (fn === "double") return { status: "done", output: (input.event.data as number) * 2 };
      const op = { id: stepId("", "nap", 0), name: "nap", n: 0, op: "sleep", ms: 3_600_000 };
      return { status: "continue", ops: memo.length === 0 ? [op] : [] };
    },
  });
});

afterAll(async () => {
  await shop?.stop();
  await engine?.stop();
});

type Changed = Record<string, string | undefined>;

const environment = (changed: Changed) => ({
  DURABLE_URL: engine.url,
  DURABLE_ADMIN_TOKEN: ADMIN_TOKEN,
  DURABLE_APP: "shop",
  ...changed,
});
const words = (args: string) => (args.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ""));

const durable = (args: string, changed: Changed = {}): Promise<Ended> =>
  runCommand(words(args), environment(changed));

/** The same as a process. */
function begin(args: string, changed: Changed = {}) {
  const env = { PATH: process.env["PATH"], ...environment(changed) };
  return spawn(process.execPath, [DURABLE, ...words(args)], { env });
}

async function durableProcess(args: string, changed: Changed = {}): Promise<Ended> {
  const child = begin(args, changed);
  child.stdin.end();
  const [out, err, [code]] = await Promise.all([
    allOf(child.stdout),
    allOf(child.stderr),
    once(child, "close"),
  ]);
  return { code: code as number | null, out, err };
}

async function send(args: string): Promise<string> {
  return JSON.parse((await durable(`send ${args} --json`)).out).runs[0].run;
}

describe("from nothing to a cancelled run", () => {
  test("a secret is made, and alone on stdout", async () => {
    const { code, out, err } = await durableProcess("keys create secret");
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^whsec_\S{44}\n$/) });
    expect(err).toMatch(/DURABLE_SECRET.*shown only now/);
    shop.secret = out.trim();
  });

  test("an app is asked for its functions", async () => {
    const { code, out } = await durable(`sync ${shop.url}`);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining("double, version 1") });
    expect((await durable("sync")).out).toContain("unchanged");
  });

  test("an event is sent, and its run followed to its end", async () => {
    const { code, out } = await durable("send order.placed --data 21");
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringMatching(/It started run \S+ of double/),
    });
    const run = /run (\S+) of/.exec(out)![1]!;
    const followed = await durableProcess(`runs show ${run} --follow`);
    expect(followed).toMatchObject({ code: 0, out: expect.stringContaining("completed: 42") });
    expect((await durable(`runs show ${run}`)).out).toMatch(/double.*completed/);
    expect((await durable("runs ls")).out).toMatch(new RegExp(`${run}  double  +completed .*order\\.placed`));
  });

  test("an event nobody has a trigger for is on disk all the same", async () => {
    expect((await durable("send nobody.cares")).out).toMatch(/is on disk\.\nIt started no run/);
  });

  test("a function is triggered by its name, and its end waited for", async () => {
    const started = await durable("trigger shop/double --data 21", { DURABLE_APP: undefined });
    expect(started).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Run \S+ of double is on disk\.\n$/),
    });
    const ended = await durable("trigger double --data 4 --id four --wait 60");
    expect(ended).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Run (\S+) of double is completed\.\n8\n$/),
    });
    const again = JSON.parse((await durable("trigger double --data 4 --id four --json")).out);
    expect(ended.out).toContain(again.run);
  });

  test("an event says which functions it did not start", async () => {
    const { out } = await durable("send order.placed --data '[1]' --id odd --json");
    expect(JSON.parse(out).runs).toEqual([]);
    expect((await durable("events why odd")).out).toMatch(
      /double was not started by order\.placed \(odd\)\n {2}.*does not fit the input of "double" .*: it must be number/,
    );
    const sent = JSON.parse((await durable("send order.placed --data 2 --id even --json")).out);
    const came = (await durable("events why even")).out;
    expect(came).toContain(`run ${sent.runs[0].run} of double is `);
    expect(came).toMatch(/^No function was skipped by event even/m);
    expect((await durable("events why four")).code).not.toBe(0);
  });

  test("a call and a query need an app that takes them", async () => {
    const run = await send("nap.begun");
    for (const args of ["call shop/double --data 1", `query ${run} progress`]) {
      expect(await durable(args), args).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringMatching(/does not say that it takes a "(call|query)"\. Update it/),
      });
    }
  });

  test("a run is cancelled, and from then on its exit code says so", async () => {
    const run = await send("nap.begun");
    await waitFor("the run to sleep", async () =>
      (await durable(`runs show ${run}`)).out.includes("sleeping"),
    );
    expect(await durable(`runs cancel ${run} --reason 'not needed'`)).toMatchObject({ code: 0 });
    expect(await durable(`runs show ${run}`)).toMatchObject({
      code: 1,
      out: expect.stringContaining("cancelled"),
    });
    expect(await durable(`runs cancel ${run}`)).toMatchObject({ code: 0 });
  });

  test("a run is paused, resumed and cancelled, and each says what it did", async () => {
    const run = await send("nap.begun");
    await waitFor("the run to sleep", async () =>
      (await durable(`runs show ${run}`)).out.includes("sleeping"),
    );
    const early = await durable(`runs resume ${run}`);
    expect(early.code).not.toBe(0);
    expect(early.err).toContain("nothing to resume");
    const paused = await durable(`runs pause ${run} --reason 'look first'`);
    expect(paused).toMatchObject({ code: 0, out: expect.stringContaining(`runs resume ${run}`) });
    expect((await durable(`runs show ${run}`)).out).toContain("look first");
    expect(await durable(`runs resume ${run} --json`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('"status":"queued"'),
    });
    expect(await durable(`runs cancel ${run} --no-undo`)).toMatchObject({
      code: 0,
      out: expect.stringContaining("is cancelled"),
    });
  });

  test("what somebody is asked is listed, shown, answered and decided", async () => {
    const schema = '{"type":"object","required":["amount"]}';
    const run = await send(
      `asked --data '{"kind":"input","title":"How much?","assignee":"ann","schema":${schema}}'`,
    );
    await waitFor("ann to be asked", async () =>
      (await durable("inputs ls --assignee ann")).out.includes("How much?"),
    );
    const [input] = JSON.parse((await durable("inputs ls --assignee ann --json")).out).inputs;
    const shown = (await durable(`inputs show ${input.id}`)).out;
    expect(shown).toMatch(/^How much\? {2}\(input, open\)\nasked {5}ann, at 2/);
    expect(shown).toContain(`durable inputs answer ${input.id} --value JSON --by NAME`);
    expect((await durable(`runs show ${run}`)).out).toMatch(
      /◇ sign {2}waiting for the input of ann, for .* at most/,
    );

    expect(await durable(`inputs answer ${input.id} --value '{}' --by ann`)).toMatchObject({
      code: 2,
      err: expect.stringContaining("must have required property 'amount'"),
    });
    expect(await durable(`inputs approve ${input.id}`)).toMatchObject({ code: 2 });
    expect(await durable(`inputs answer ${input.id} --by ann`)).toMatchObject({ code: 2 });
    expect(await durable(`inputs answer ${input.id} --value '{"amount":5}' --by ann`)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Answered by ann at 2.*; the run goes on\.\n$/),
    });
    expect(await durable(`inputs answer ${input.id} --value '{"amount":6}' --by bob`)).toMatchObject({
      code: 1,
      err: expect.stringContaining("ann has answered this at"),
    });
    expect((await durable(`inputs show ${input.id}`)).out).toMatch(
      /answered {2}by ann at 2.*: \{"amount":5\}/,
    );
    expect((await durableProcess(`runs show ${run} --follow`)).out).toMatch(/sign: answered by ann after/);
    expect((await durable("inputs ls --status answered")).out).toMatch(/answered {2}ann/);
    expect((await durable("inputs ls --assignee ann")).out).toBe("Nothing is open in shop (dev).\n");

    const second = await send(`asked --data '{"kind":"approval"}'`);
    await waitFor("somebody to be asked", async () =>
      (await durable(`inputs ls --run ${second}`)).out.includes("anybody"),
    );
    const [approval] = JSON.parse((await durable(`inputs ls --run ${second} --json`)).out).inputs;
    expect(await durable(`inputs reject ${approval.id} --by bob --comment 'too much'`)).toMatchObject({
      code: 0,
      out: expect.stringContaining("Rejected by bob at"),
    });
    expect((await durableProcess(`runs show ${second} --follow`)).out).toContain(
      "sign: rejected by bob after",
    );
    expect(await durable("inputs show 01a1fcb8-3aaa-74f3-bb6f-17f2628e684d")).toMatchObject({ code: 4 });
  });

  test("a key that can only send can send, and nothing else", async () => {
    const key = (await durable("keys create event")).out.trim();
    const asSender = { DURABLE_EVENT_KEY: key, DURABLE_ADMIN_TOKEN: undefined };
    expect(await durable("send order.placed --data 1", asSender)).toMatchObject({ code: 0 });
    expect(await durable("runs ls", { DURABLE_ADMIN_TOKEN: key })).toMatchObject({ code: 5 });
    const listed = await durable("keys ls event --json");
    expect(listed.out).not.toContain(key);
  });
});

describe("production", () => {
  test("is asked about twice: scripts name it, and who names another changes nothing; all of it is in the audit", async () => {
    expect(await durable("workspaces mark shop/dev --production --reason 'it is real'")).toMatchObject({
      code: 0,
    });
    expect((await durable("workspaces ls")).out).toMatch(/shop\/dev +production/);
    const unasked = await durable("keys create api --scope write");
    expect(unasked).toMatchObject({
      code: 5,
      out: "",
      err: expect.stringMatching(/say --confirm shop\/dev/),
    });
    const wrong = await durable("keys create api --scope write --confirm shop/acc");
    expect(wrong).toMatchObject({
      code: 5,
      err: expect.stringMatching(/would change shop\/dev. Nothing was changed/),
    });
    const made = await durable("keys create api --scope read --days 30 --confirm shop/dev");
    expect(made.out, made.err).toMatch(/^dk_[\w-]{43}\n$/);
    const reader = {
      DURABLE_API_KEY: made.out.trim(),
      DURABLE_ADMIN_TOKEN: undefined,
      DURABLE_APP: undefined,
    };
    expect(await durable("runs ls", reader)).toMatchObject({ code: 0 });
    expect(await durable("keys ls", reader)).toMatchObject({
      code: 5,
      err: expect.stringContaining('it needs "admin"'),
    });
    const back = await durable("workspaces mark shop/dev --no-production --confirm shop/dev");
    expect(back, back.err).toMatchObject({ code: 0 });
    const { out } = await durable("audit ls --action workspace.mark");
    expect(out).toMatch(
      /admin +workspace.mark +not production\n.*admin +workspace.mark +production +it is real/,
    );
    expect((await durable("audit ls --actor nobody")).out).toBe("Nothing like that was done here.\n");
  });
});

describe("what is wrong is told in a sentence and an exit code", () => {
  test.each<[string, number, RegExp, Record<string, string | undefined>?]>([
    ["nope", 2, /unknown command 'nope'/],
    ["send", 2, /missing required argument 'name'/],
    ["send x --data {bad", 2, /--data is not JSON/],
    ["send 'a b'", 2, /name/],
    ["trigger shop/nothing", 4, /no function "nothing"\. It has asker, double, idle/],
    ["trigger double --data '\"x\"'", 2, /\/data: must be number|it must be number/],
    ["runs ls", 3, /No engine answers at http:\/\/127\.0\.0\.1:1 /, { DURABLE_URL: NOWHERE }],
    ["runs ls", 2, /DURABLE_URL is "nowhere"/, { DURABLE_URL: "nowhere" }],
    ["runs show 01a1fcb8-3aaa-74f3-bb6f-17f2628e684d", 4, /Nothing is stored under this id/],
    ["runs show nonsense", 4, /Nothing is stored under this id/],
    ["runs ls", 5, /token/i, { DURABLE_ADMIN_TOKEN: undefined }],
    ["sync file:///etc/passwd", 2, /http/],
    ["keys create password", 2, /event.*secret/],
    ["start", 2, /DURABLE_ADMIN_TOKEN is not set.*openssl rand/, { DURABLE_ADMIN_TOKEN: undefined }],
    ["start", 2, /DURABLE_ENCRYPTION_KEY is not set.*openssl rand/],
    [
      "start",
      2,
      /DURABLE_ENCRYPTION_KEY is 3 characters long; allowed is 32 bytes/,
      { DURABLE_ENCRYPTION_KEY: "abc" },
    ],
    [
      "start",
      2,
      /DURABLE_DATABASE_URL is not set/,
      { DURABLE_ENCRYPTION_KEY: ENCRYPTION_KEY.toString("base64") },
    ],
    ["keys create api", 2, /needs --scope read or write or admin/],
    ["keys create event --scope read", 2, /--scope is for api keys/],
    ["workspaces mark shop --production", 2, /names no workspace/],
    ["start", 2, /DURABLE_LEASE_MS/, { DURABLE_LEASE_MS: "soon" }],
    ["dev", 2, /this machine only/, { DURABLE_HOST: "0.0.0.0" }],
    [
      "migrate",
      3,
      /^Postgres does not answer at 127\.0\.0\.1:1; .*\n$/,
      { DURABLE_DATABASE_URL: NO_POSTGRES },
    ],
  ])("durable %s: %i", async (args, code, sentence, environment = {}) => {
    const ended = await durable(args, environment);
    expect(ended).toMatchObject({ code, out: "", err: expect.stringMatching(sentence) });
    expect(ended.err).not.toMatch(/\n\s+at |secret-password/);
  });
});

test.each<[string, number, RegExp]>([
  ["nope", 2, /unknown command 'nope'/],
  ["runs ls", 3, /No engine answers at http:\/\/127\.0\.0\.1:1 /],
])("durable %s as a process: %i, and nothing but a sentence", async (args, code, sentence) => {
  const ended = await durableProcess(args, { DURABLE_URL: NOWHERE });
  expect(ended).toMatchObject({ code, out: "", err: expect.stringMatching(sentence) });
  expect(ended.err).not.toMatch(/\n\s+at /);
});

test("a reader that has enough ends nothing in a stack", async () => {
  const run = await send("nap.begun");
  for (const args of ["--help", "runs ls", `runs show ${run} --follow`]) {
    const child = begin(args);
    child.stdout.destroy();
    const err = allOf(child.stderr);
    const ended = once(child, "close");
    // Something is said while nobody listens.
    await engine.call("POST", `/v1/apps/shop/dev/runs/${run}/cancel`, {}, asAdmin);
    await ended;
    expect(await err, args).toBe("");
  }
});
