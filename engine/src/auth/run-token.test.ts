import { makeRunToken, parseSecret, RUN_TOKEN_S_MAX, type RunGrant } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { judgeRunToken } from "./run-token.ts";

const secret = parseSecret(`whsec_${btoa("a".repeat(32))}`);
const other = parseSecret(`whsec_${btoa("b".repeat(32))}`);
const NOW_S = 1_790_000_000;

function judge(until: number, keys = [secret], seen: Partial<RunGrant> = {}) {
  const grant: RunGrant = { app: "shop", env: "prod", run: "r1", fields: ["status"], until };
  return judgeRunToken(keys, makeRunToken(secret, grant), { ...grant, ...seen }, NOW_S);
}

test("a token is good until its end, under any secret in force", () => {
  expect(judge(NOW_S + 1)).toBe("in-force");
  expect(judge(NOW_S + 1, [other, secret])).toBe("in-force");
  expect(judge(NOW_S)).toBe("over");
  expect(judge(0)).toBe("over");
});

test("one that is sealed with no secret in force is not believed, nor that its time is over", () => {
  expect(judge(NOW_S + 1, [other])).toBe("not-believed");
  expect(judge(NOW_S + 1, [])).toBe("not-believed");
  expect(judge(NOW_S - 1, [other])).toBe("not-believed");
});

test("none is good for longer than 7 days, whoever made it; clocks may differ by 300 s", () => {
  expect(judge(NOW_S + RUN_TOKEN_S_MAX + 300)).toBe("in-force");
  expect(judge(NOW_S + RUN_TOKEN_S_MAX + 301)).toBe("not-believed");
});
