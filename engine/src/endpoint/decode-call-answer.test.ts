import { FAILURE_MESSAGE_BYTES_MAX, RawJson } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { decodeCallAnswer } from "./decode-call-answer.ts";

const decode = (answer: unknown) =>
  decodeCallAnswer(Buffer.from(typeof answer === "string" ? answer : JSON.stringify(answer)));

test("an output is the text the app wrote", () => {
  expect(decode('{"status":"done","output":{"b":1.0, "a":2},"app_ms":3}')).toEqual({
    ok: true,
    answer: { status: "done", output: new RawJson('{"b":1.0, "a":2}'), app_ms: 3 },
  });
  expect(decode({ status: "done" })).toMatchObject({ ok: true });
  expect(decode({ status: "unknown_query", known: ["a"] })).toMatchObject({ ok: true });
});

test("a failure that is too long is cut, not refused", () => {
  const decoded = decode({ status: "error", error: { name: "E", message: "m".repeat(10_000) } });
  expect(decoded.ok && decoded.answer.status === "error" && decoded.answer.error.message).toHaveLength(
    FAILURE_MESSAGE_BYTES_MAX,
  );
});

test.each<[string, unknown]>([
  ["no JSON", "{"],
  ["no text", "\ufeff{}"],
  ["a member twice", '{"status":"done","status":"done"}'],
  ["nothing", "null"],
  ["no status", {}],
  ["the status of a dispatch", { status: "continue", ops: [] }],
  ["an error without one", { status: "error" }],
  ["names that are none", { status: "unknown_query", known: [1] }],
  ["more names than a run can have", { status: "unknown_query", known: Array(101).fill("a") }],
  ["a value that is too large", { status: "done", output: "x".repeat(4 * 1024 * 1024) }],
])("%s is refused with a sentence", (_, answer) => {
  const decoded = decode(answer);
  expect(decoded).toMatchObject({ ok: false, detail: expect.stringMatching(/^(Its|What) [^\n]{15,}[.)]$/) });
});
