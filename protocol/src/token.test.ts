import { expect, test } from "vitest";
import { parseSecret } from "./secret.ts";
import { isSealed, makeToken, readToken, tokenSignalKey } from "./token.ts";

const secret = parseSecret(`whsec_${btoa("a".repeat(32))}`);
const other = parseSecret(`whsec_${btoa("b".repeat(32))}`);
const subject = { app: "shop", env: "dev", key: tokenSignalKey("019a", "0".repeat(32)) };
const token = makeToken(secret, subject);

test("a token names its workspace and its wait, and is the same every time", () => {
  expect(readToken(token)).toEqual(subject);
  expect(makeToken(secret, subject)).toBe(token);
  expect(token).toMatch(/^[\w-]+\.[\w-]{43}$/);
});

test("it is believed under any secret in force, and under no other", () => {
  expect(isSealed([secret], token)).toBe(true);
  expect(isSealed([other, secret], token)).toBe(true);
  expect(isSealed([other], token)).toBe(false);
  expect(isSealed([], token)).toBe(false);
});

test("whatever is changed in it breaks its seal", () => {
  const elsewhere = makeToken(other, { ...subject, env: "prod" });
  const [body] = elsewhere.split(".");
  const [, seal] = token.split(".");
  expect(isSealed([secret], `${body}.${seal}`)).toBe(false);
  for (let at = 0; at < token.length; at += 1) {
    const changed = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
    if (changed !== token) expect(isSealed([secret], changed), changed).toBe(false);
  }
});

test.each([
  "",
  ".",
  "a.b",
  `${btoa("no-slash")}.${"A".repeat(43)}`,
  `%%%.${"A".repeat(43)}`,
  "x".repeat(5_000),
])("%s is no token", (text) => {
  expect(readToken(text)).toBeNull();
  expect(isSealed([secret], text)).toBe(false);
});
