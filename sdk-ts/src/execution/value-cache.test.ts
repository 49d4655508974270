import { expect, test } from "vitest";
import { ValueCache } from "./value-cache.ts";

test("it keeps what was asked for last, and no more bytes than it may", () => {
  const cache = new ValueCache(10);
  const kept = (...keys: string[]) => keys.filter((key) => cache.get(key) !== undefined);
  cache.add("a", new Uint8Array(4));
  cache.add("b", new Uint8Array(4));
  cache.get("a");
  cache.add("c", new Uint8Array(4));
  expect(kept("a", "b", "c")).toEqual(["a", "c"]);
  cache.add("too large", new Uint8Array(11));
  cache.add("c", new Uint8Array(4));
  expect(kept("a", "c", "too large")).toEqual(["a", "c"]);
  cache.add("all of it", new Uint8Array(10));
  expect(kept("a", "c", "all of it")).toEqual(["all of it"]);
});
