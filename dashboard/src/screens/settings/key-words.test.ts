import { expect, test } from "vitest";
import { keyState } from "./key-words.ts";

const DAY = 86_400_000;
const at = (ms: number) => new Date(ms).toISOString();

test.each([
  [
    { revoked_at: at(0), expires_at: null },
    { label: "Revoked", tone: "gone" },
  ],
  [
    { revoked_at: null, expires_at: null },
    { label: "In force", tone: "good" },
  ],
  [
    { revoked_at: null, expires_at: at(DAY) },
    { label: "Expired", tone: "gone" },
  ],
  [
    { revoked_at: null, expires_at: at(4 * DAY) },
    { label: "Expires in 2 d", tone: "calm" },
  ],
  [
    { revoked_at: null, expires_at: at(40 * DAY) },
    { label: "Expires in 38 d", tone: "good" },
  ],
])("%j", (key, said) => {
  expect(keyState(key, 2 * DAY)).toEqual(said);
});
