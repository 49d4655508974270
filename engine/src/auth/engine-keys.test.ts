import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { systemPorts } from "../runtime/system-ports.ts";
import { EngineKeys } from "./engine-keys.ts";

const { random } = systemPorts();
const [first, second] = [randomBytes(32), randomBytes(32)];
const keysOf = (...keys: Uint8Array[]) => new EngineKeys(keys, random);
const place = "secret of workspace 1";

describe("what is sealed", () => {
  test("opens in its place with its key, and is another text each time", () => {
    const keys = keysOf(first);
    const sealed = keys.seal("whsec_1", place);
    expect(keys.open(sealed, place)).toBe("whsec_1");
    expect(keys.seal("whsec_1", place)).not.toBe(sealed);
    expect(sealed).not.toContain("whsec");
  });

  test("does not open in another place, nor when a bit of it is another", () => {
    const keys = keysOf(first);
    const sealed = keys.seal("whsec_1", place);
    expect(() => keys.open(sealed, "secret of workspace 2")).toThrow();
    const [version, id, text] = sealed.split(".");
    const bytes = Buffer.from(text!, "base64url");
    for (const at of [0, 12, bytes.length - 1]) {
      const bent = Buffer.from(bytes);
      bent[at]! ^= 1;
      expect(() => keys.open(`${version}.${id}.${bent.toString("base64url")}`, place)).toThrow();
    }
    expect(() => keys.open(`v1.${id}.AAAA`, place)).toThrow();
  });

  test("is sealed by the first key and opened by any; without its key the error names it", () => {
    const old = keysOf(first).seal("whsec_1", place);
    const both = keysOf(second, first);
    expect(both.open(old, place)).toBe("whsec_1");
    expect(EngineKeys.keyIdOf(both.seal("x", place))).toBe(both.firstId);
    expect(both.firstId).toBe(keysOf(second).firstId);
    const id = EngineKeys.keyIdOf(old)!;
    expect(() => keysOf(second).open(old, place)).toThrow(id);
    expect([both.has(id), keysOf(second).has(id)]).toEqual([true, false]);
  });
});

test("a stamp is good for its use and its text, by any key of the list", () => {
  const stamp = keysOf(first).stamp("confirm", "a");
  expect(keysOf(second, first).isStamped("confirm", "a", stamp)).toBe(true);
  for (const [use, text, given] of [
    ["session", "a", stamp],
    ["confirm", "b", stamp],
    ["confirm", "a", ""],
    ["confirm", "a", stamp.slice(1)],
  ] as const)
    expect(keysOf(first).isStamped(use, text, given)).toBe(false);
  expect(keysOf(second).isStamped("confirm", "a", stamp)).toBe(false);
});
