import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeManifest } from "./decode-manifest.ts";

const MANIFEST = {
  protocol: { min: 1, max: 1 },
  app: "shop",
  sdk: "durable-ts/0.1.0",
  capabilities: ["parallel", "something-new"],
  max_duration_ms: 30_000,
  manifest: `sha256:${"a".repeat(64)}`,
  functions: [
    {
      id: "checkout",
      rev: "3",
      triggers: [
        { event: "order.*", if: "event.data.total > 0" },
        { cron: "0 * * * *", tz: "Europe/Zurich" },
      ],
      retry: { max: 3, backoff: "exponential", base_ms: 1_000, factor: 2, max_ms: 60_000, jitter: true },
      concurrency: { limit: 2, key: "tenantId" },
      cancel_on: [{ event: "order.cancelled", match: { data: 1, v: 2 } }],
      input: { type: "object", properties: { total: { type: "number", maximum: 1e3 } } },
    },
  ],
};

const decode = (manifest: unknown) =>
  decodeManifest(Buffer.from(typeof manifest === "string" ? manifest : JSON.stringify(manifest)), {
    app: "shop",
  });

test("a manifest comes through as it is, for the engine to read", () => {
  const decoded = decode(MANIFEST);
  expect(decoded).toMatchObject({ ok: true });
  if (decoded.ok) expect(JSON.parse(JSON.stringify(decoded.manifest))).toEqual(MANIFEST);
});

describe("what is refused, with what to do", () => {
  const cases: Record<string, [code: string, detail: RegExp, manifest: unknown]> = {
    "no JSON": ["not-json", /not usable JSON/, "<html>"],
    "a newer protocol": [
      "wrong-protocol",
      /Update the engine/,
      { ...MANIFEST, protocol: { min: 2, max: 3 }, functions: "new" },
    ],
    "an older protocol": [
      "wrong-protocol",
      /Update the app's SDK/,
      { ...MANIFEST, protocol: { min: 0, max: 0 } },
    ],
    "another app": ["wrong-app", /"blog", not "shop"/, { ...MANIFEST, app: "blog" }],
    "two functions of one id": [
      "invalid-manifest",
      /same id/,
      { ...MANIFEST, functions: [...MANIFEST.functions, ...MANIFEST.functions] },
    ],
    "a function without an id": [
      "invalid-manifest",
      /\/functions\/0\/id/,
      { ...MANIFEST, functions: [{ triggers: [] }] },
    ],
    "an id that does not fit a URL": [
      "invalid-manifest",
      /\/functions\/0\/id/,
      { ...MANIFEST, functions: [{ id: "a/b", triggers: [] }] },
    ],
    "no duration": ["invalid-manifest", /\/max_duration_ms/, { ...MANIFEST, max_duration_ms: 0 }],
    null: ["invalid-manifest", /does not fit/, "null"],
  };
  test.each(Object.entries(cases))("%s", (_, [code, detail, manifest]) => {
    expect(decode(manifest)).toMatchObject({ ok: false, code, detail: expect.stringMatching(detail) });
  });
});

test("no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => void decodeManifest(bytes, { app: "shop" })),
    { numRuns: 1_000 },
  );
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(MANIFEST)), (intruder, member) => {
      decode({ ...MANIFEST, [member]: intruder });
    }),
    { numRuns: 1_000 },
  );
});
