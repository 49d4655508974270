import { expect, test } from "vitest";
import { epochMsOfUuidV7, idsBeside, UUID_RANDOM_BYTES, uuidBeside, uuidV7 } from "./ids.ts";

const NONE = new Uint8Array(UUID_RANDOM_BYTES);
const ALL = new Uint8Array(UUID_RANDOM_BYTES).fill(0xff);

test("an id says its version, its variant and the millisecond in which it was made", () => {
  expect(uuidV7(1_700_000_000_000, NONE)).toBe("018bcfe5-6800-7000-8000-000000000000");
  expect(uuidV7(1_700_000_000_000.75, ALL)).toBe("018bcfe5-6800-7c00-bfff-ffffffffffff");
  expect(epochMsOfUuidV7(uuidV7(1_700_000_000_000.75, ALL))).toBe(1_700_000_000_000);
});

test("of two ids the one made later is the greater one, also within a millisecond", () => {
  for (const [earlier, later] of [
    [0.2, 0.201],
    [0.9995, 1],
    [4_294_967_295.5, 4_294_967_296],
  ]) {
    expect(uuidV7(earlier!, ALL) < uuidV7(later!, NONE)).toBe(true);
  }
});

test("an id beside another is of its instant, whenever it is made, and is found there", () => {
  const id = uuidV7(1_700_000_000_000.75, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));
  const [first, last] = idsBeside(id);
  expect([uuidBeside(id, NONE), uuidBeside(id, ALL)]).toEqual([first, last]);
  expect(first).toBe("018bcfe5-6800-7c00-8000-000000000000");
  expect(first <= id && id <= last).toBe(true);
});
