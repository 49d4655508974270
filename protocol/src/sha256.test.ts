import fc from "fast-check";
import { expect, test } from "vitest";
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
