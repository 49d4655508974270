import { FAILURE_MESSAGE_BYTES_MAX, RawJson, stepId } from "@durable/protocol/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeAnswer } from "./decode-answer.ts";

const FENCE = { fence: "k3J9x" };

function decode(answer: unknown) {
  return decodeAnswer(Buffer.from(typeof answer === "string" ? answer : JSON.stringify(answer)), FENCE);
}

function op(kind: string, name: string, rest: object = {}, n = 0, scope = "") {
  return { op: kind, id: stepId(scope, name, n), name, n, ...(scope && { scope }), ...rest };
}

const answerOf = (...ops: unknown[]) => ({ status: "continue", ...FENCE, ops });

function codeOf(answer: unknown): string {
  const decoded = decode(answer);
  if (!decoded.ok) expect(decoded.detail).toMatch(/^[^\n]{20,}[.)]$/);
  return decoded.ok ? "ok" : decoded.code;
}

describe("what passes", () => {
  test("values are the text the app wrote", () => {
    const text = `{"status":"continue","fence":"k3J9x","ops":[{"op":"run","id":"${stepId("", "a", 0)}","name":"a","n":0,"st":"ok","v":{"b":1.0, "a":9007199254740993,"__proto__":1e400}}]}`;
    const decoded = decode(text);
    expect(decoded.ok && decoded.answer.status === "continue" && decoded.answer.ops[0]).toMatchObject({
      v: new RawJson('{"b":1.0, "a":9007199254740993,"__proto__":1e400}'),
    });
  });

  test("every status, and every op", () => {
    const done = decode({ status: "done", ...FENCE, output: { ok: true }, unclaimed: 0, app_ms: 1.25 });
    expect(done).toMatchObject({ ok: true, answer: { output: new RawJson('{"ok":true}') } });
    expect(codeOf({ status: "done", ...FENCE })).toBe("ok");
    expect(codeOf({ status: "error", ...FENCE, error: { name: "E", message: "m" } })).toBe("ok");
    for (const status of ["step_not_found", "abandoned", "need_memo", "restart"]) {
      expect(codeOf({ status, ...FENCE })).toBe("ok");
    }
    const everyOp = answerOf(
      op("run", "a", { st: "ok", v: null, ms: 0.5 }),
      op("run", "a", { st: "err", error: { name: "E", message: "m", retry: false } }, 1),
      op("plan", "b"),
      op("sleep", "c", { ms: 5 }),
      op("wait", "d", { event: "x.y", match: { "user.id": 7 }, timeout_ms: 9 }),
      op("send", "e", { events: [{ name: "x.y", data: [1] }] }),
      op("start", "f"),
      op("state", "g", { v: 1 }),
      op("branch", "k", { taken: null, cases: ["a"] }),
      op("group", "h", { folds: [], v: 1 }),
      op("signal", "i", { key: "k" }),
      op("invoke", "j", { fn: "other", input: { a: 1 } }),
    );
    expect(codeOf(everyOp)).toBe("ok");
  });

  test("a match may name a path like a member that is kept as text", () => {
    const decoded = decode(
      answerOf(op("wait", "w", { event: "x", match: { data: 5, v: "a", input: null } })),
    );
    expect(decoded.ok && decoded.answer.status === "continue" && decoded.answer.ops[0]).toMatchObject({
      match: { data: 5, v: "a", input: null },
    });
    const several = [{ key: "k", event: "x", match: { output: 5, v: "a" } }];
    for (const kind of ["any", "all"]) {
      expect(decode(answerOf(op("wait", "w", { [kind]: several })))).toMatchObject({
        answer: { ops: [{ [kind]: several }] },
      });
      expect(codeOf(answerOf(op("wait", "w", { [kind]: [null, 1, { match: null }] })))).toBe(
        "invalid-answer",
      );
    }
    expect(codeOf(answerOf(op("wait", "w", { event: "x", match: { data: { deep: 1 } } })))).toBe(
      "invalid-answer",
    );
  });

  test("members and capabilities of a later protocol are ignored", () => {
    expect(codeOf({ ...answerOf({ ...op("plan", "a"), colour: "red" }), future: [1] })).toBe("ok");
  });

  test("a step in a branch has an id that its scope is part of", () => {
    expect(codeOf(answerOf(op("run", "a", { st: "ok" }, 0, stepId("", "branch", 0))))).toBe("ok");
  });

  test("a failure that is too long is cut, not refused", () => {
    let cause: object | undefined;
    for (let depth = 0; depth < 20; depth++)
      cause = { name: `C${depth}`, message: "c", ...(cause && { cause }) };
    const error = { name: "E".repeat(999), message: "é".repeat(9_999), stack: "s".repeat(99_999), cause };
    const decoded = decode(answerOf(op("run", "a", { st: "err", error })));
    if (!decoded.ok || decoded.answer.status !== "continue") throw new Error("refused");
    const failure = (decoded.answer.ops[0] as unknown as { error: typeof error }).error;
    expect(Buffer.byteLength(failure.message)).toBeLessThanOrEqual(FAILURE_MESSAGE_BYTES_MAX);
    expect(failure.message).toMatch(/^é+ \.\.\.$/);
    expect(failure.stack.length).toBe(16 * 1024);
    expect(failure.name.length).toBe(200);
    expect(JSON.stringify(failure).match(/"C\d+"/g)).toHaveLength(5);
  });
});

describe("what is refused", () => {
  const id = stepId("", "a", 0);
  const step = { op: "run", id, name: "a", n: 0, st: "ok" };
  const cases: Record<string, [code: string, answer: unknown]> = {
    "nothing at all": ["malformed-json", ""],
    "half a document": ["malformed-json", '{"status":"continue"'],
    "something after it": ["malformed-json", `${JSON.stringify(answerOf())} {}`],
    "a comma too many": ["malformed-json", '{"status":"done","fence":"k3J9x",}'],
    "a byte order mark": ["invalid-encoding", `\ufeff${JSON.stringify(answerOf())}`],
    "the same key twice": ["duplicate-key", '{"status":"done","status":"error","fence":"k3J9x"}'],
    "the same key twice inside a value": [
      "duplicate-key",
      '{"status":"done","fence":"k3J9x","output":{"a":1,"a":2}}',
    ],
    "NUL inside a value": ["unsupported-character", '{"status":"done","fence":"k3J9x","output":"\\u0000"}'],
    "half a surrogate pair": [
      "unsupported-character",
      '{"status":"done","fence":"k3J9x","output":"\\ud800"}',
    ],
    "a value 200 deep": [
      "too-complex",
      `{"status":"done","fence":"k3J9x","output":${"[".repeat(200)}${"]".repeat(200)}}`,
    ],
    "a million brackets": ["too-complex", "[".repeat(1_000_000)],
    "an array": ["invalid-answer", []],
    null: ["invalid-answer", null],
    "a string": ["invalid-answer", '"done"'],
    "no status": ["unknown-status", { ...FENCE, ops: [] }],
    "another status": ["unknown-status", { status: "finished", ...FENCE }],
    "no fence": ["invalid-answer", { status: "done" }],
    "no ops": ["invalid-answer", { status: "continue", ...FENCE }],
    "ops that are none": ["invalid-answer", { status: "continue", ...FENCE, ops: { 0: step } }],
    "an op that is none": ["invalid-answer", answerOf(7)],
    "a fence of another dispatch": ["wrong-fence", { status: "done", fence: "k3J9y" }],
    "an unknown op": ["unknown-op", answerOf({ ...step, op: "frobnicate" })],
    "an op without a kind": ["unknown-op", answerOf({ id, name: "a", n: 0 })],
    "a wrong step id": ["wrong-step-id", answerOf({ ...step, id: "0".repeat(32) })],
    "the id of another number": ["wrong-step-id", answerOf({ ...step, n: 1 })],
    "the id of another scope": ["wrong-step-id", answerOf({ ...step, scope: id })],
    "an id in upper case": ["invalid-answer", answerOf({ ...step, id: id.toUpperCase() })],
    "an empty name": ["invalid-answer", answerOf(op("run", "", { st: "ok" }))],
    "a name with a separator": ["invalid-answer", answerOf(op("run", "a\u001fb", { st: "ok" }))],
    "a name of 201 bytes": ["invalid-answer", answerOf(op("run", `${"é".repeat(100)}e`, { st: "ok" }))],
    "a negative number": ["invalid-answer", answerOf({ ...step, n: -1 })],
    "a broken number": ["invalid-answer", answerOf({ ...step, n: 0.5 })],
    "a number as text": ["invalid-answer", answerOf({ ...step, n: "0" })],
    "a step twice": ["duplicate-op", answerOf(step, step)],
    "a step that neither worked nor failed": ["invalid-answer", answerOf({ ...step, st: "maybe" })],
    "a failure without an error": ["invalid-answer", answerOf({ ...step, st: "err" })],
    "a retry in a year": [
      "invalid-answer",
      answerOf({ ...step, st: "err", error: { name: "E", message: "", retry_after_ms: 3e10 } }),
    ],
    "a sleep without end": ["invalid-answer", answerOf(op("sleep", "a", { ms: 1e15 }))],
    "a sleep of both kinds": [
      "invalid-answer",
      answerOf(op("sleep", "a", { ms: 1, until: "2026-01-01T00:00:00Z" })),
    ],
    "a sleep until 30 February": [
      "invalid-answer",
      answerOf(op("sleep", "a", { until: "2026-02-30T00:00:00Z" })),
    ],
    "a send of nothing": ["invalid-answer", answerOf(op("send", "a", { events: [] }))],
    "a send of a name with a space": [
      "invalid-answer",
      answerOf(op("send", "a", { events: [{ name: "user created" }] })),
    ],
    "a wait for a name with a space": [
      "invalid-answer",
      answerOf(op("wait", "a", { event: "user created" })),
    ],
    "a send in the engine's name": [
      "invalid-answer",
      answerOf(op("send", "a", { events: [{ name: "durable.run.failed" }] })),
    ],
    "more than 6 MiB": ["too-large", { status: "done", ...FENCE, output: "x".repeat(6 * 1024 * 1024) }],
  };
  test.each(Object.entries(cases))("%s", (_, [code, answer]) => expect(codeOf(answer)).toBe(code));

  test("bytes that are no UTF-8", () => {
    expect(decodeAnswer(Buffer.from([0x22, 0xff, 0x22]), FENCE)).toMatchObject({
      ok: false,
      code: "invalid-encoding",
    });
    expect(decodeAnswer(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), FENCE)).toMatchObject({
      code: "invalid-encoding",
    });
  });

  test("the sentence names the place and never the value", () => {
    const decoded = decode(answerOf({ ...step, n: "card 4111 1111" }));
    expect(decoded).toMatchObject({ detail: expect.stringContaining("/ops/0/n") });
    expect(JSON.stringify(decoded)).not.toContain("4111");
  });
});

describe("a value over the limit, of an SDK that does not check", () => {
  const large = "x".repeat(4 * 1024 * 1024);
  const error = { name: "ValueTooLargeError", code: "value-too-large", retry: false };
  const small = op("run", "small", { st: "ok", v: 1 });

  test("is the failure of the step that returned it; all the rest counts", () => {
    const decoded = decode(answerOf(small, op("run", "a", { st: "ok", v: large, ms: 2, compensate: true })));
    const message = expect.stringMatching(/step "a" \(0\) is larger than 4 MiB \(4194306 bytes\)\. Store it/);
    expect(decoded.ok && decoded.answer).toMatchObject({
      status: "continue",
      ops: [
        { name: "small", st: "ok" },
        { name: "a", st: "err", ms: 2, error: { ...error, message } },
      ],
    });
  });

  test.each<[string, object, RegExp]>([
    ["an output", { status: "done", ...FENCE, output: large, ops: [small] }, /output is larger than 4 MiB/],
    [
      "an event",
      answerOf(op("send", "a", { events: [{ name: "x", data: "é".repeat(600_000) }] }), small),
      /event 1 that step "a" \(0\) sends is larger than 1 MiB/,
    ],
    [
      "a child's input",
      answerOf(op("invoke", "a", { fn: "b", input: "x".repeat(1024 * 1024) }), small),
      /step "a" \(0\) gives "b" is larger than 1 MiB/,
    ],
    [
      "the state",
      answerOf(op("state", "s", { v: "x".repeat(65_536) }), small),
      /larger than 64 KiB.*publish less/,
    ],
    ["a group's results", answerOf(op("group", "g", { folds: [], v: large }), small), /larger than 4 MiB/],
  ])("of %s is an error of the function; the steps beside it count", (_, answer, message) => {
    const decoded = decode({ ...answer, app_ms: 7 });
    expect(decoded.ok && decoded.answer).toMatchObject({
      status: "error",
      ...FENCE,
      app_ms: 7,
      ops: [{ name: "small", st: "ok" }],
      error: { ...error, message: expect.stringMatching(message) },
    });
  });
});

describe("nothing makes it throw", () => {
  test("random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeAnswer(bytes, FENCE)),
      { numRuns: 3_000 },
    );
  });

  test("random JSON in the place of any member", () => {
    const valid = [
      answerOf(
        op("run", "a", { st: "ok", v: 1 }),
        op("wait", "b", { event: "x", match: { y: 1 } }),
        op("send", "c", { events: [{ name: "x" }] }),
      ),
      { status: "error", ...FENCE, error: { name: "E", message: "m", cause: { name: "E", message: "m" } } },
    ];
    const places = (value: unknown, path: (string | number)[] = []): (string | number)[][] =>
      typeof value !== "object" || value === null
        ? [path]
        : [path, ...Object.entries(value).flatMap(([key, member]) => places(member, [...path, key]))];
    fc.assert(
      fc.property(fc.constantFrom(...valid), fc.nat(), fc.jsonValue(), (answer, at, intruder) => {
        const changed = JSON.parse(JSON.stringify(answer));
        const all = places(answer);
        const path = all[at % all.length]!;
        const parent = path.slice(0, -1).reduce((value, key) => value[key], changed);
        if (path.length > 0) parent[path.at(-1)!] = intruder;
        const decoded = decode(path.length > 0 ? changed : intruder);
        expect(decoded.ok || decoded.detail.length > 20).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  test("a valid answer with bytes changed, cut or repeated", () => {
    const bytes = Buffer.from(
      JSON.stringify(answerOf(op("run", "a", { st: "ok", v: { deep: ["é", 1.5] } }))),
    );
    fc.assert(
      fc.property(
        fc.nat(bytes.length),
        fc.nat(bytes.length),
        fc.uint8Array({ maxLength: 4 }),
        (from, to, middle) => {
          decodeAnswer(Buffer.concat([bytes.subarray(0, from), middle, bytes.subarray(to)]), FENCE);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
