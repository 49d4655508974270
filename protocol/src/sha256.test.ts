import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hash, hmac } from "./portable-sha256.ts";
import { nodeSha256, portableSha256 } from "./sha256.ts";

test("the runtime's own SHA-256 is found on Node", () => {
  expect(nodeSha256).not.toBeNull();
});

test("both implementations agree on every text, key and body", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.uint8Array({ minLength: 24, maxLength: 64 }),
      fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.uint8Array({ maxLength: 300 })),
      (text, key, body) => {
        expect(portableSha256.hex(text)).toBe(nodeSha256!.hex(text));
        const [ours, theirs] = [portableSha256.prepareKey(key), nodeSha256!.prepareKey(key)];
        expect(ours.macBase64(text, body)).toBe(theirs.macBase64(text, body));
        expect([...ours.mac(text, body)]).toEqual([...theirs.mac(text, body)]);
      },
    ),
  );
});

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const ascii = (text: string) => new TextEncoder().encode(text);

// FIPS 180-4, examples of NIST.
test.each([
  ["nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "two blocks",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  [
    "a million of a",
    "a".repeat(1_000_000),
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  ],
])("the hash of %s is the one of the standard", (_, text, digits) => {
  expect(hexOf(hash(ascii(text)))).toBe(digits);
});

// RFC 4231, cases 1 to 4, 6 and 7.
test.each([
  [Buffer.alloc(20, 0x0b), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [
    ascii("Jefe"),
    "what do ya want for nothing?",
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    Buffer.alloc(20, 0xaa),
    Buffer.alloc(50, 0xdd),
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
  ],
  [
    Buffer.from("0102030405060708090a0b0c0d0e0f10111213141516171819", "hex"),
    Buffer.alloc(50, 0xcd),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
  ],
  [
    Buffer.alloc(131, 0xaa),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    Buffer.alloc(131, 0xaa),
    "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  ],
] as const)("a MAC is the one of the standard", (key, data, digits) => {
  const bytes = typeof data === "string" ? ascii(data) : data;
  expect(hexOf(hmac(key)(bytes))).toBe(digits);
  expect(hexOf(hmac(key)(bytes.subarray(0, 9), bytes.subarray(9)))).toBe(digits);
});

describe("around the end of a block", () => {
  test("every length is hashed as the runtime does", () => {
    for (let length = 0; length <= 200; length++) {
      const text = "x".repeat(length);
      expect(portableSha256.hex(text), `${length}`).toBe(nodeSha256!.hex(text));
    }
  });
});
