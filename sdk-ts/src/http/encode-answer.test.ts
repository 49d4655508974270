import { ANSWER_BYTES_MAX, type Op, RawJson, stepId } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { encodeAnswer } from "./encode-answer.ts";

const identity = { manifest: `sha256:${"0".repeat(64)}` };
const returning = (text: string) => (_: unknown, n: number) =>
  ({ op: "run", id: stepId("", "s", n), name: "s", n, st: "ok", v: new RawJson(JSON.stringify(text)) }) as Op;

test.each([
  ["8 of 1 MiB", 8, "x".repeat(1024 * 1024)],
  ["10,001 of a byte", 10_001, "x"],
  ["500 of 30 KB, of three bytes a character", 500, "\u20ac".repeat(10_000)],
])(
  "results of %s, more than one answer holds, come as far as they fit, and the rest later",
  (_, count, text) => {
    const ops = Array.from({ length: count }, returning(text));
    const { text: written, leftOver } = encodeAnswer({ status: "continue", fence: "f", ops }, identity);
    expect(Buffer.byteLength(written)).toBeLessThanOrEqual(ANSWER_BYTES_MAX);
    const answer = JSON.parse(written);
    expect(answer.more).toBe(true);
    expect(answer.ops.length).toBeGreaterThan(count / 8);
    expect(answer.ops.map(({ id }: Op) => id)).toEqual(ops.slice(0, answer.ops.length).map(({ id }) => id));
    expect(leftOver).toEqual(ops.slice(answer.ops.length));
  },
);
