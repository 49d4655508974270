import { expect, test } from "vitest";
import { systemPorts } from "../runtime/system-ports.ts";
import type { Actor } from "./actor.ts";
import { CONFIRM_S, type ConfirmedCall, isConfirmed, makeConfirmation } from "./confirmation.ts";
import { EngineKeys } from "./engine-keys.ts";

const keys = new EngineKeys([new Uint8Array(32)], systemPorts().random);
const own = { workspaceId: 1, workspace: { app: "shop", environment: "prod" } };
const keyOf = (keyId: number): Actor => ({ kind: "api-key", keyId, scope: "write", ...own });
const call: ConfirmedCall = {
  actor: keyOf(1),
  action: "runs.cancel",
  method: "POST",
  path: "/v1/apps/shop/prod/runs/1/cancel?x=1",
  body: Buffer.from('{"reason":"a"}'),
};

test("a token is good for the very call and 30 s", () => {
  const token = makeConfirmation(keys, call, 1_000);
  expect(isConfirmed(keys, call, token, 1_000)).toBe(true);
  expect(isConfirmed(keys, call, token, 1_000 + CONFIRM_S - 1)).toBe(true);
  expect(isConfirmed(keys, call, token, 1_000 + CONFIRM_S)).toBe(false);
});

test.each<[string, Partial<ConfirmedCall>]>([
  ["another key", { actor: keyOf(2) }],
  ["the admin", { actor: { kind: "admin" } }],
  ["another action", { action: "runs.pause" }],
  ["another run", { path: "/v1/apps/shop/prod/runs/2/cancel?x=1" }],
  ["another query", { path: "/v1/apps/shop/prod/runs/1/cancel" }],
  ["another body", { body: Buffer.from('{"reason":"b"}') }],
  ["another method", { method: "DELETE" }],
])("it is not good for %s", (_, other) => {
  const token = makeConfirmation(keys, call, 1_000);
  expect(isConfirmed(keys, { ...call, ...other }, token, 1_000)).toBe(false);
});

test("nobody makes it last longer, and nonsense is no token", () => {
  const token = makeConfirmation(keys, call, 1_000);
  const [, stamp] = token.split(".");
  for (const bent of [`9999999999.${stamp}`, token.slice(0, -1), "", "1030.", "NaN.x", `1e9.${stamp}`])
    expect(isConfirmed(keys, call, bent, 1_000)).toBe(false);
});
