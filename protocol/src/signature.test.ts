import fc from "fast-check";
import { expect, test } from "vitest";
import { readVectors } from "../test/read-vectors.ts";
import { DEV_SECRET, parseSecret, parseSecretList, replyKeyOf } from "./secret.ts";
import { isTimestampInTolerance, parseTimestampS, sign, verify } from "./signature.ts";

interface Signed {
  readonly key: "request" | "reply";
  readonly id: string;
  readonly timestamp_s: number;
  readonly body: string;
}

const utf8 = new TextEncoder();

for (const { name, input, expected } of readVectors<Signed & { secret: string }, string>("signature.json")) {
  test(`sign: ${name}`, () => {
    const secret = parseSecret(input.secret);
    const key = input.key === "reply" ? replyKeyOf(secret) : secret;
    expect(sign(key, input.id, input.timestamp_s, input.body)).toBe(expected);
    expect(sign(key, input.id, input.timestamp_s, utf8.encode(input.body))).toBe(expected);
  });
}

type Received = Signed & { secrets: string; now_s: number; header: string };
for (const { name, input, expected } of readVectors<Received, boolean>("signature-verify.json")) {
  test(`verify: ${name}`, () => {
    const secrets = parseSecretList(input.secrets);
    const keys = input.key === "reply" ? secrets.map(replyKeyOf) : secrets;
    for (const body of [input.body, utf8.encode(input.body)]) {
      const isSigned = verify(keys, input.id, input.timestamp_s, body, input.header);
      expect(isSigned && isTimestampInTolerance(input.timestamp_s, input.now_s)).toBe(expected);
    }
  });
}

const key = parseSecret(DEV_SECRET);
const id = fc.string({ unit: fc.constantFrom(..."abcXYZ019_-"), minLength: 1, maxLength: 40 });
const timestampS = fc.nat(4_000_000_000);
const body = fc.uint8Array({ maxLength: 200 });

test("what was signed verifies", () => {
  fc.assert(
    fc.property(id, timestampS, body, (id, timestampS, body) => {
      expect(verify([key], id, timestampS, body, sign(key, id, timestampS, body))).toBe(true);
    }),
  );
});

test("any single bit flipped, in body, signature, id or timestamp, fails", () => {
  fc.assert(
    fc.property(id, timestampS, body, fc.nat(), (id, timestampS, body, pick) => {
      const header = sign(key, id, timestampS, body);
      const bit = 1 << (pick % 8);
      if (body.length > 0) {
        const flipped = body.slice();
        flipped[pick % body.length]! ^= bit;
        expect(verify([key], id, timestampS, flipped, header)).toBe(false);
      }
      const at = pick % header.length;
      const other = String.fromCharCode(header.charCodeAt(at) ^ bit);
      expect(verify([key], id, timestampS, body, header.slice(0, at) + other + header.slice(at + 1))).toBe(
        false,
      );
      expect(verify([key], `${id}x`, timestampS, body, header)).toBe(false);
      expect(verify([key], id, timestampS ^ bit, body, header)).toBe(false);
    }),
  );
});

test("no header makes verify throw or pass", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (header) => {
      expect(verify([key], "id", 1, "{}", header)).toBe(false);
      expect(verify([key], "id", 1, "{}", `v1,${header}`)).toBe(false);
    }),
  );
  expect(verify([], "id", 1, "{}", sign(key, "id", 1, "{}"))).toBe(false);
  expect(verify([key], "id", Number.NaN, "{}", sign(key, "id", 1, "{}"))).toBe(false);
});

test("sign refuses what could be read two ways", () => {
  for (const [id, timestampS] of [
    ["a.b", 1],
    ["", 1],
    ["a", 1.5],
    ["a", -1],
    ["a", Number.NaN],
  ] as const) {
    expect(() => sign(key, id, timestampS, "{}")).toThrow(RangeError);
  }
});

test("a timestamp header is a plain whole number", () => {
  expect(["0", "1767225600"].map(parseTimestampS)).toEqual([0, 1_767_225_600]);
  for (const text of ["", " 1", "1 ", "+1", "-1", "01", "1.0", "1e3", "0x1", "1767225600000000", "١"]) {
    expect(parseTimestampS(text)).toBeNull();
  }
});
