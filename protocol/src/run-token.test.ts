import { expect, test } from "vitest";
import { isRunTokenSealed, makeRunToken, type RunGrant, readRunToken } from "./run-token.ts";
import { parseSecret, replyKeyOf, runTokenKeyOf, tokenKeyOf } from "./secret.ts";
import { makeToken } from "./token.ts";

const secret = parseSecret(`whsec_${btoa("a".repeat(32))}`);
const other = parseSecret(`whsec_${btoa("b".repeat(32))}`);
const grant: RunGrant = {
  app: "shop",
  env: "prod",
  run: "01a22431-f0ad-754e-917f-2f8940fc4304",
  fields: ["status", "progress"],
  until: 1_790_000_000,
};
const token = makeRunToken(secret, grant);

test("a run token says what it shows, and is the same whoever makes it", () => {
  expect(readRunToken(token)).toEqual(grant);
  expect(token).toBe(
    "drt_eyJhcHAiOiJzaG9wIiwiZW52IjoicHJvZCIsInJ1biI6IjAxYTIyNDMxLWYwYWQtNzU0ZS05MTdmLTJmODk0MGZjNDMwNCIsImZpZWxkcyI6WyJzdGF0dXMiLCJwcm9ncmVzcyJdLCJ1bnRpbCI6MTc5MDAwMDAwMH0.DFosFaLFldlxDnyArjQ6aC0U2jrZHKZ0AdWr6maBEjY",
  );
});

test("it is believed under any secret in force, and under no other key", () => {
  expect(isRunTokenSealed([secret], token)).toBe(true);
  expect(isRunTokenSealed([other, secret], token)).toBe(true);
  for (const keys of [[], [other], [replyKeyOf(secret)], [tokenKeyOf(secret)], [runTokenKeyOf(secret)]])
    expect(isRunTokenSealed(keys, token)).toBe(false);
  // Nor is a token that completes a wait.
  const completing = makeToken(secret, { app: "shop", env: "prod", key: "token/r/n" });
  expect(isRunTokenSealed([secret], `drt_${completing}`)).toBe(false);
});

test("whatever is changed in it breaks its seal", () => {
  for (let at = 0; at < token.length; at += 1) {
    const changed = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
    if (changed !== token) expect(isRunTokenSealed([secret], changed), changed).toBe(false);
  }
});

const sealed = (said: unknown) => makeRunToken(secret, said as RunGrant);

test.each([
  "",
  "drt_",
  `drt_${btoa("{}")}.${"A".repeat(43)}`,
  `drt_%%%.${"A".repeat(43)}`,
  sealed({ ...grant, fields: ["status", "event"] }),
  sealed({ ...grant, fields: "status" }),
  sealed({ ...grant, until: "1790000000" }),
  sealed({ ...grant, run: 1 }),
  token.slice(4),
])("%s is no run token", (text) => {
  expect(readRunToken(text)).toBeNull();
});
