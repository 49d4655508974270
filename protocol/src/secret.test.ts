import { inspect } from "node:util";
import { expect, test } from "vitest";
import { readVectors } from "../test/read-vectors.ts";
import { DEV_SECRET, macKeyOf, parseSecret, parseSecretList, replyKeyOf } from "./secret.ts";
import { sha256 } from "./sha256.ts";

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

for (const { name, input, expected } of readVectors<string, { bytes_hex: string } | "refused">(
  "secret.json",
)) {
  test(`secret: ${name}`, () => {
    if (expected === "refused") {
      expect(() => parseSecret(input)).toThrow(/whsec_/);
      return;
    }
    const reference = sha256.prepareKey(bytesOf(expected.bytes_hex));
    expect(macKeyOf(parseSecret(input)).macBase64("a", "b")).toBe(reference.macBase64("a", "b"));
  });
}

for (const { name, input, expected } of readVectors<string, string>("reply-key.json")) {
  test(`reply key: ${name}`, () => {
    const reference = sha256.prepareKey(bytesOf(expected));
    expect(macKeyOf(replyKeyOf(parseSecret(input))).macBase64("a", "b")).toBe(reference.macBase64("a", "b"));
    expect(hexOf(macKeyOf(parseSecret(input)).mac("durable/v1/reply", ""))).toBe(expected);
  });
}

test("a refused secret is not in the message, and the message says what to do", () => {
  const secret = "c2VjcmV0IQ==";
  for (const text of [secret, `whsec_${secret}`, `whsec_${secret}!`, `${DEV_SECRET} whsec_${secret}`]) {
    let message = "";
    try {
      parseSecretList(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain("openssl rand -base64 32");
    expect(message).not.toContain(secret);
  }
});

test("a list is separated by any white space and names the entry it refuses", () => {
  expect(parseSecretList(` ${DEV_SECRET}\n\t${DEV_SECRET} `)).toHaveLength(2);
  expect(() => parseSecretList(" \n")).toThrow("There is no signing secret");
  expect(() => parseSecretList(`${DEV_SECRET} nonsense`)).toThrow("Entry 2 of the 2");
});

test("a prepared key shows nothing of itself", () => {
  const key = parseSecret(DEV_SECRET);
  const bytes = Buffer.from(DEV_SECRET.slice(6), "base64");
  for (const shown of [JSON.stringify(key), inspect(key, { depth: 9, showHidden: true }), String(key)]) {
    expect(shown).not.toContain(bytes.toString("utf8"));
    expect(shown).not.toContain(bytes.toString("hex"));
    expect(shown).not.toContain(DEV_SECRET.slice(6));
  }
  expect(Reflect.ownKeys(key)).toEqual([]);
});
