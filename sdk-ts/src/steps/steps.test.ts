// What each kind of step puts on the wire, and what it refuses: at once, for good, and naming the step.
import type { InvokeRequest } from "@durable/protocol/wire";
import { describe, expect, test } from "vitest";
import { executeFunction } from "../execution/execute-function.ts";
import { createFunction } from "../function.ts";
import type { Step } from "./step.ts";

const DAY_MS = 86_400_000;
/** Half a surrogate pair: a string in JavaScript, and no text. */
const HALF = "\ud800";

/** The answer to a run's first request. */
function first(handler: (step: Step) => unknown) {
  const request: InvokeRequest = {
    type: "invoke",
    app: "app",
    fn: "f",
    run: { id: "run-1", started_at: "2026-01-01T00:00:00.000Z" },
    task: { kind: "advance", fence: "1.1" },
    input: { event: { id: "e", name: "start", data: null, time: "2026-01-01T00:00:00.000Z" } },
    memo: [],
    memo_next: null,
    attempts: {},
    budget: { ms: 60_000, steps: 1 },
  };
  return executeFunction(
    createFunction({ id: "f", trigger: { event: "start" }, handler: ({ step }) => handler(step) }),
    request,
  );
}

describe("on the wire", () => {
  test.each<[string, (step: Step) => unknown, object]>([
    ["sleep", (step) => step.sleep("s", "1h 30m"), { op: "sleep", ms: 5_400_000 }],
    ["sleep for no time", (step) => step.sleep("s", 0), { op: "sleep", ms: 0 }],
    [
      "sleepUntil a Date",
      (step) => step.sleepUntil("s", new Date(Date.UTC(2026, 0, 2))),
      { op: "sleep", until: "2026-01-02T00:00:00.000Z" },
    ],
    [
      "sleepUntil with an offset",
      (step) => step.sleepUntil("s", "2026-01-02T01:00:00+01:00"),
      { op: "sleep", until: "2026-01-02T00:00:00.000Z" },
    ],
    [
      "sleepUntil long ago",
      (step) => step.sleepUntil("s", new Date(-8_640_000_000_000_000)),
      { op: "sleep", until: "1970-01-01T00:00:00.000Z" },
    ],
    [
      "waitForEvent",
      (step) => step.waitForEvent("s", { event: "paid", match: { "order.id": 1, by: null }, timeout: "1d" }),
      { op: "wait", event: "paid", match: { "order.id": 1, by: null }, timeout_ms: DAY_MS },
    ],
    [
      "waitForEvent for an event of the engine's",
      (step) => step.waitForEvent("s", { event: "durable.run.failed" }),
      { op: "wait", event: "durable.run.failed" },
    ],
    [
      "sendEvent",
      (step) => step.sendEvent("s", { name: "told", data: { at: new Date(0) }, time: new Date(0) }),
      {
        op: "send",
        events: [
          {
            name: "told",
            data: expect.objectContaining({ text: '{"at":"1970-01-01T00:00:00.000Z"}' }),
            time: "1970-01-01T00:00:00.000Z",
          },
        ],
      },
    ],
    [
      "sendEvent with several",
      (step) => step.sendEvent("s", [{ name: "a" }, { name: "b", id: "mine" }]),
      { op: "send", events: [{ name: "a" }, { name: "b", id: "mine" }] },
    ],
    [
      "branch: the first case that holds, and none after it is asked",
      (step) => step.branch("s", { no: false, yes: async () => true, never: () => unreachable() }),
      { op: "branch", taken: "yes", cases: ["no", "yes", "never"] },
    ],
    [
      "branch of which no case holds",
      (step) => step.branch("s", { no: () => false }),
      { op: "branch", taken: null, cases: ["no"] },
    ],
  ])("%s", async (_, handler, op) => {
    const answer = await first(handler);
    expect(answer.status === "continue" && answer.ops).toEqual([
      { id: expect.any(String), name: "s", n: 0, ...op },
    ]);
  });
});

describe("a branch", () => {
  test("that throws in a case is not recorded: the error is thrown where it stands", async () => {
    const lost = () => {
      throw new RangeError("no answer");
    };
    expect(await first((step) => step.branch("s", { asked: lost }))).toMatchObject({
      status: "error",
      error: { name: "RangeError", message: "no answer" },
    });
    const caught = (step: Step) => step.branch("s", { asked: lost }).catch(() => step.sleep("later", 1));
    expect(await first(caught)).toMatchObject({ status: "continue", ops: [{ op: "sleep", name: "later" }] });
  });

  test("has no steps in its cases", async () => {
    const nested = (step: Step) => step.branch("s", { asked: () => step.run("in", () => true) });
    const answer = await first(nested);
    expect(answer).toMatchObject({
      status: "error",
      error: { retry: false, message: expect.stringMatching(/Steps do not nest/) },
    });
  });

  test("is typed by its cases: null only where none of them is literally true", () => {
    const typed = (step: Step, is: boolean) => ({
      open: step.branch("a", { big: is, small: () => is }) satisfies Promise<"big" | "small" | null>,
      closed: step.branch("b", { big: is, other: true }) satisfies Promise<"big" | "other">,
    });
    expect(typed).toBeTypeOf("function");
  });
});

describe("a state", () => {
  const state = (text: string) => ({ op: "state", n: 0, v: { text } });

  test("rides with the step that is reported next, the latest alone", async () => {
    const answer = await first(async (step) => {
      step.setState({ done: 1 });
      step.setState({ done: 2 });
      await step.run("a", () => 1);
    });
    expect(answer).toMatchObject({
      status: "continue",
      ops: [{ op: "run", name: "a" }, state('{"done":2}')],
    });
  });

  test("rides with an end, and costs no turn of its own", async () => {
    expect(await first((step) => step.setState("over"))).toMatchObject({
      status: "done",
      ops: [state('"over"')],
    });
    const failing = await first((step) => {
      step.setState("broken");
      throw new Error("so");
    });
    expect(failing).toMatchObject({ status: "error", ops: [state('"broken"')] });
  });

  test("is refused inside a step, which a replay does not enter", async () => {
    const answer = await first((step) => step.run("s", () => step.setState(1)));
    expect(answer).toMatchObject({
      ops: [
        {
          st: "err",
          error: { retry: false, message: expect.stringMatching(/"setState" is called inside step "s"/) },
        },
      ],
    });
  });

  test("has a name that no step can take from it", async () => {
    const answer = await first(async (step) => {
      step.setState(1);
      await Promise.all([step.run("setState", () => 1), step.run("durable:state", () => 2)]);
    });
    const ids = (answer.status === "continue" ? answer.ops : []).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });
});

function unreachable(): never {
  throw new Error("was asked");
}

describe("is refused for good", () => {
  test.each<[string, (step: Step) => unknown, RegExp]>([
    ["a step without a name", (step) => step.sleep("", "1s"), /name/],
    ["a name that is none", (step) => step.run(undefined as never, () => 1), /name/],
    [
      "a body that is none",
      (step) => step.run("s", 1 as never),
      /Step "s": the second argument of step\.run/,
    ],
    ["a timeout that is none", (step) => step.run("s", () => 1, { timeout: "soon" }), /Step "s": "soon"/],
    [
      "retries of what runs at most once",
      (step) => step.run("s", () => 1, { atMostOnce: true, retry: { max: 2 } }),
      /Step "s": what runs at most once is not tried again/,
    ],
    [
      "at most once, by an engine that does not offer it",
      (step) => step.run("s", () => 1, { atMostOnce: true }),
      /Step "s": this engine cannot run a step at most once/,
    ],
    ["no attempts", (step) => step.run("s", () => 1, { retry: { max: 0 } }), /Step "s": retry\.max/],
    ["a sleep that is none", (step) => step.sleep("s", "soon"), /Step "s": "soon" is no duration/],
    ["a sleep of more than a year", (step) => step.sleep("s", "367d"), /Step "s": at most 366 days/],
    ["an instant that is none", (step) => step.sleepUntil("s", "soon"), /Step "s": "soon" is no instant/],
    ["an invalid Date", (step) => step.sleepUntil("s", new Date(Number.NaN)), /Step "s": .* is no instant/],
    [
      "an instant too far ahead",
      (step) => step.sleepUntil("s", new Date(Date.now() + 367 * DAY_MS)),
      /Step "s": at most 366 days ahead/,
    ],
    ["an event without a name", (step) => step.waitForEvent("s", {} as never), /Step "s": "event" must name/],
    [
      "a branch without cases",
      (step) => step.branch("s", {}),
      /Step "s": a branch has 1 to 100 cases, not 0/,
    ],
    [
      "a case that is no condition",
      (step) => step.branch("s", { user: "Ada" as never }),
      /Step "s": the case "user" must be true, false or a function/,
    ],
    [
      "a case that would lose its place",
      (step) => step.branch("s", { 10: true }),
      /Step "s": the case "10" is named like a number/,
    ],
    ["a state that JSON cannot hold", (step) => step.setState(1n), /step\.setState was given something JSON/],
    [
      "a state that is too large",
      (step) => step.setState("x".repeat(65 * 1024)),
      /step\.setState was given more than 64 KiB/,
    ],
    ["a wildcard", (step) => step.waitForEvent("s", { event: "order.*" }), /Step "s": /],
    [
      "an option that nobody reads",
      (step) => step.run("s", () => 1, { retries: 5 } as never),
      /Step "s": step\.run has no option "retries"\. It takes retry, timeout, /,
    ],
    [
      "a policy that is a number",
      (step) => step.run("s", () => 1, { retry: 3 as never }),
      /Step "s": retry takes an object \(\{ max, .*\}\), not 3\./,
    ],
    [
      "a policy with a word that nobody reads",
      (step) => step.run("s", () => 1, { retry: { attempts: 3 } as never }),
      /Step "s": retry has no option "attempts"/,
    ],
    [
      "an attempt without any time",
      (step) => step.run("s", () => 1, { timeout: 0 }),
      /Step "s": a timeout of 0 leaves no time/,
    ],
    [
      "a compensation with a word that nobody reads",
      (step) => step.run("s", () => 1, { compensate: { run: () => 1, retries: 3 } as never }),
      /Step "s": compensate has no option "retries"/,
    ],
    [
      "a name too long to be shown",
      (step) => step.run("x".repeat(10_000), () => 1),
      /^Step "x{99}\.\.\.: A step's name must not be longer than 200 bytes; this one has 10000\.$/,
    ],
    ["a local time", (step) => step.sleepUntil("s", "2026-10-21 09:00"), /Step "s": .* with its zone/],
    ["a number as text", (step) => step.sleepUntil("s", "5"), /Step "s": "5" is no instant/],
    [
      "a match that is a path",
      (step) => step.waitForEvent("s", { event: "e", match: "data.id" as never }),
      /Step "s": "match" names paths and what they must equal, .* and is "data\.id"\./,
    ],
    [
      "a match that is a list",
      (step) => step.waitForAny("s", [{ event: "e", match: ["id"] as never }]),
      /Step "s", "0": "match" names paths/,
    ],
    [
      "a timeout inside of one of several events",
      (step) => step.waitForAll("s", [{ event: "e", timeout: "1d" } as never]),
      /Step "s", "0": an event that is waited for has no option "timeout"/,
    ],
    [
      "a token that is null",
      (step) => step.waitForSignal("s", { token: null as never }),
      /Step "s": "token" is none of step\.createToken/,
    ],
    [
      "a question that is a text",
      (step) => step.waitForApproval("s", "please" as never),
      /Step "s": step\.waitForApproval takes an object .*, not "please"\./,
    ],
    [
      "a question that is null",
      (step) => step.waitForInput("s", null as never),
      /Step "s": step\.waitForInput takes an object .*, not null\./,
    ],
    [
      "a JSON Schema where a schema stands",
      (step) => step.waitForInput("s", { schema: { type: "object" } as never }),
      /Step "s": "schema" is no Standard Schema .* as "jsonSchema"\./,
    ],
    [
      "an input that is not called so",
      (step) => step.invoke("s", "child", { data: 1 } as never),
      /Step "s": step\.invoke has no option "data"\. It takes input, app, onCancel, timeout\./,
    ],
    [
      "no event to send",
      (step) => step.sendEvent("s", undefined as never),
      /Step "s": an event to send takes an object .*, not undefined\./,
    ],
    [
      "an event with a payload",
      (step) => step.sendEvent("s", { name: "e", payload: 1 } as never),
      /Step "s": an event to send has no option "payload"/,
    ],
    [
      "a fetch of nothing",
      (step) => step.fetch("s", undefined as never),
      /Step "s": step\.fetch takes an object/,
    ],
    [
      "a fetch that sends bytes",
      (step) => step.fetch("s", { url: "https://a.example/", body: new Uint8Array(2) }),
      /Step "s": the body must be text, URLSearchParams or what JSON can hold\./,
    ],
    [
      "a fetch that would ask the app when to try again",
      (step) => step.fetch("s", { url: "https://a.example/", retry: { decide: (() => "stop") as never } }),
      /Step "s": retry\.decide is asked in the app, and this call is made by the engine\./,
    ],
    [
      "a join of nothing",
      (step) => step.parallel(undefined as never),
      /step\.parallel: the branches are a list or an object of functions, not undefined\./,
    ],
    [
      "a join whose name stands first",
      (step) => step.race("who" as never, [() => 1] as never),
      /step\.race: the branches are .*, not "who"\. A name goes into the options: step\.race\(\[\.\.\.\], \{ name \}\)\./,
    ],
    [
      "a branch that is a value",
      (step) => step.race({ a: 5 } as never),
      /Join "race": its branch "a" is neither a function nor the promise of a step\./,
    ],
    [
      "the first of none",
      (step) => step.parallel([], { join: "first" }),
      /Join "parallel": there is no branch to wait for\./,
    ],
    [
      "a loop over a set",
      (step) => step.forEach(new Set([1]) as never, () => 1),
      /forEach "forEach": what it goes through must be an array; make one/,
    ],
    [
      "a match with nothing",
      (step) => step.waitForEvent("s", { event: "e", match: { id: undefined as never } }),
      /Step "s": "match" compares "id" with undefined/,
    ],
    [
      "a match of 21 paths",
      (step) =>
        step.waitForEvent("s", {
          event: "e",
          match: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`p${n}`, n])),
        }),
      /Step "s": "match" has 21 paths; at most 20/,
    ],
    [
      "a match without a path",
      (step) => step.waitForEvent("s", { event: "e", match: { "": 1 } }),
      /Step "s": a path of "match" has 1 to 500 characters/,
    ],
    [
      "a match with a path of more bytes than a name may have",
      (step) => step.waitForAll("s", [{ event: "e", match: { ["世".repeat(400)]: 1 } }]),
      /Step "s", "0": a path of "match" has 1 to 500 characters/,
    ],
    [
      "a match with half a character",
      (step) => step.waitForEvent("s", { event: "e", match: { a: HALF } }),
      /Step "s" asks for something that cannot be kept\. Text with .* At \/match\/a\./,
    ],
    [
      "an expression of 1,001 characters",
      (step) => step.waitForAny("s", { a: { event: "e", if: "x".repeat(1_001) } }),
      /Step "s", "a": "if" has 1001 characters; at most 1000/,
    ],
    [
      "a signal's key with NUL",
      (step) => step.waitForSignal("s", { key: "a\0b" }),
      /Step "s" asks for something that cannot be kept\. Text with .* At \/key\./,
    ],
    [
      "a case with half a character",
      (step) => step.branch("s", { [HALF]: () => unreachable() }),
      /Step "s" asks for something that cannot be kept\. Text with .* At \/cases\/0\./,
    ],
    [
      "a fetch of a body with half a character",
      (step) => step.fetch("s", { url: "http://a.example/", body: HALF }),
      /Step "s" asks for something that cannot be kept\. Text with .* At \/body\./,
    ],
    [
      "a fetch of a body that is too large once it is JSON",
      (step) => step.fetch("s", { url: "http://a.example/", body: "\x01".repeat(1_000_000) }),
      /Step "s" asks for more than 5 MiB/,
    ],
    [
      "a fetch from a URL of more than 8,192 characters",
      (step) => step.fetch("s", `http://a.example/?${"x".repeat(8_192)}`),
      /Step "s": the URL has 8210 characters; at most 8192/,
    ],
    [
      "a fetch with 101 headers",
      (step) =>
        step.fetch("s", {
          url: "http://a.example/",
          headers: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, ""])),
        }),
      /Step "s": there are 101 headers; at most 100/,
    ],
    [
      "a question with half a character",
      (step) => step.waitForInput("s", { title: HALF }),
      /Step "s" asks for something that cannot be kept\. Text with .* At \/title\./,
    ],
    [
      "a question that escalates after its longest time",
      (step) => step.waitForInput("s", { remindAfter: "200d", escalateTo: "ada" }),
      /Step "s": it would escalate after more than 366 days/,
    ],
    [
      "a policy with an error's name that is too long",
      (step) => step.run("s", () => 1, { retry: { stopOn: ["x".repeat(201)] } }),
      /Step "s": retry\.stopOn must be a list .* each of 1 to 200 characters/,
    ],
    ["no event to send", (step) => step.sendEvent("s", []), /Step "s": send 1 to 5000 events, not 0/],
    [
      "5,001 events to send",
      (step) => step.sendEvent("s", Array(5_001).fill({ name: "e" })),
      /send 1 to 5000 events, not 5001/,
    ],
    [
      "an event's name that is none",
      (step) => step.sendEvent("s", { name: "a b" }),
      /Step "s" sends "a b": /,
    ],
    [
      "an event at no instant",
      (step) => step.sendEvent("s", { name: "e", time: "soon" }),
      /Step "s": the time of event "e"/,
    ],
    [
      "an event's id that is too long",
      (step) => step.sendEvent("s", { name: "e", id: "x".repeat(201) }),
      /Step "s": the id of event "e" must be a text of 1 to 200 characters/,
    ],
    [
      "an event in a year that no text has",
      (step) => step.sendEvent("s", { name: "e", time: new Date(8_640_000_000_000_000) }),
      /Step "s": the time of event "e"/,
    ],
    [
      "an event's id with NUL",
      (step) => step.sendEvent("s", { name: "e", id: "a\0b" }),
      /Step "s" asks for something that cannot be kept\. Text with .* At \/events\/0\/id\./,
    ],
    [
      "events that are more than one answer holds",
      (step) => step.sendEvent("s", Array(7).fill({ name: "e", data: "x".repeat(900_000) })),
      /Step "s" asks for more than 5 MiB of JSON \(6300\d\d\d bytes\)\. Make several steps of it/,
    ],
    [
      "data that JSON cannot hold",
      (step) => step.sendEvent("s", { name: "e", data: { n: 1n } }),
      /Step "s": event "e" carries/,
    ],
  ])("%s", async (_, handler, sentence) => {
    const answer = await first(handler);
    expect(answer).toMatchObject({ status: "error", error: { retry: false } });
    expect(answer.status === "error" && answer.error.message).toMatch(sentence);
  });

  test("a step that the engine would refuse, and the results beside it are reported all the same", async () => {
    const answer = await first((step) =>
      Promise.all([
        step.run("charge", () => "paid"),
        step.waitForSignal("s", { key: HALF }).catch(() => step.sleep("later", "1d")),
      ]),
    );
    expect(answer).toMatchObject({
      status: "continue",
      ops: [{ op: "sleep" }, { op: "run", name: "charge", st: "ok" }],
    });
  });

  test("an iterator as a result: a generator that was called and never run", async () => {
    function* steps() {
      yield unreachable();
    }
    expect(await first(() => steps())).toMatchObject({
      status: "error",
      error: { retry: false, message: expect.stringMatching(/Steps are awaited, not yielded/) },
    });
    expect(await first((step) => step.run("s", () => steps()))).toMatchObject({
      ops: [
        {
          st: "err",
          error: { retry: false, message: expect.stringMatching(/^Step "s" returned an iterator/) },
        },
      ],
    });
  });

  test("a step inside a step, with what to do instead", async () => {
    const answer = await first((step) => step.run("outer", () => step.run("inner", () => 1)));
    expect(answer).toMatchObject({
      status: "continue",
      ops: [
        {
          op: "run",
          name: "outer",
          st: "err",
          error: {
            retry: false,
            message: `Step "inner" is called inside step "outer". Steps do not nest: call it after "outer", with what that returns.`,
          },
        },
      ],
    });
  });
});

test("a timeout longer than a timer can wait does not end the attempt as it begins", async () => {
  const slow = () => new Promise((resolve) => setTimeout(resolve, 20, "done"));
  const answer = await first((step) => step.run("s", slow, { timeout: "30d" }));
  expect(answer).toMatchObject({ ops: [{ st: "ok", v: { text: '"done"' } }] });
});

test("a fetch sends what Headers and URLSearchParams hold, which have no members of their own", async () => {
  const answer = await first((step) =>
    step.fetch("s", {
      url: "https://a.example/",
      headers: new Headers({ Authorization: "Bearer x" }),
      body: new URLSearchParams({ a: "1", b: "2" }),
    }),
  );
  expect(answer).toMatchObject({
    ops: [
      {
        op: "fetch",
        method: "POST",
        headers: {
          authorization: "Bearer x",
          "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
        },
        body: "a=1&b=2",
      },
    ],
  });
});

test("a Temporal.Instant says until when to sleep", async () => {
  const answer = await first((step) => step.sleepUntil("s", { epochMilliseconds: 1_800_000_000_000 }));
  expect(answer).toMatchObject({ ops: [{ until: "2027-01-15T08:00:00.000Z" }] });
});
