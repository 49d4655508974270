import { parseSecret } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { systemPorts } from "../runtime/system-ports.ts";
import type { AppClient } from "./app-client.ts";
import type { BrokenReason, DispatchResult, NeverArrivedReason } from "./dispatch-result.ts";
import { inspectApp } from "./inspect-app.ts";

const TIMES = { sentMs: 1, firstByteMs: 2, receivedMs: 3 };
const endpoint = {
  url: "http://localhost:3000/api/durable",
  origin: "http://localhost:3000",
  path: "/api/durable",
};
const MANIFEST = {
  protocol: { min: 1, max: 1 },
  app: "shop",
  sdk: "durable-ts/0.1.0",
  capabilities: [],
  max_duration_ms: 30_000,
  manifest: `sha256:${"a".repeat(64)}`,
  functions: [],
};

const asked: Parameters<AppClient["call"]>[] = [];

function inspect(result: DispatchResult) {
  const call: AppClient["call"] = async (...call) => {
    asked.push(call);
    return result;
  };
  const signingKeys = [parseSecret(`whsec_${"A".repeat(32)}`)];
  return inspectApp(
    { ...systemPorts(), appClient: { call } },
    { app: "shop", endpoint, signingKeys, replyKeys: [] },
  );
}

const refused = (status: number, type: string | null = null): DispatchResult => ({
  kind: "refused",
  status,
  problem: type === null ? null : { type, title: "No", detail: "" },
  retryAfterMs: null,
  detail: `It answered ${status}`,
  ...TIMES,
});

test("the question is signed and names the app; a good manifest comes back", async () => {
  const inspected = await inspect({ kind: "answer", body: Buffer.from(JSON.stringify(MANIFEST)), ...TIMES });
  expect(inspected).toEqual({ ok: true, manifest: MANIFEST });
  const [, request] = asked.at(-1)!;
  expect(JSON.parse(request.body)).toEqual({ type: "inspect", app: "shop" });
  const header = (name: string) => request.headers[request.headers.indexOf(name) + 1];
  expect(header("webhook-signature")).toMatch(/^v1,.{44}$/);
  expect(header("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});

test("a bad manifest says what is bad about it", async () => {
  const body = Buffer.from(JSON.stringify({ ...MANIFEST, app: "blog" }));
  expect(await inspect({ kind: "answer", body, ...TIMES })).toMatchObject({ ok: false, code: "wrong-app" });
});

test.each([
  [401, "urn:durable:problem:bad-signature", /DURABLE_SECRET/],
  [401, null, /asks for a login/],
  [404, "urn:durable:problem:not-found", /another app than "shop"/],
  [404, null, /Nothing is served at \/api\/durable/],
  [405, null, /POST/],
  [413, null, /size/],
  [415, "urn:durable:problem:wrong-protocol", /version of the protocol/],
  [429, null, /again in a moment/],
  [503, null, /again in a moment/],
  [418, null, /refused to describe itself/],
])("%i (%s) tells what to do", async (status, type, sentence) => {
  const inspected = await inspect(refused(status, type));
  expect(inspected).toMatchObject({ ok: false, code: "refused", detail: expect.stringMatching(sentence) });
});

const NEVER_ARRIVED: Record<NeverArrivedReason, RegExp> = {
  refused: /Is it running/,
  dns: /spelling/,
  tls: /certificate/,
  "unsafe-address": /does not call/,
  "connect-timeout": /firewall/,
  "hung-up": /Sync once more/,
  deployment: /Sync the one/,
  frozen: /next probe/,
  shutdown: /Sync once more/,
};
test.each(Object.entries(NEVER_ARRIVED))("%s tells what to do", async (reason, sentence) => {
  const result: DispatchResult = {
    kind: "never-arrived",
    reason: reason as NeverArrivedReason,
    detail: "so.",
    receivedMs: 1,
  };
  const inspected = await inspect(result);
  expect(inspected).toMatchObject({ ok: false, code: reason, detail: expect.stringMatching(sentence) });
  expect((inspected as { detail: string }).detail).toContain("http://localhost:3000/api/durable: so.");
});

const BROKEN: Record<BrokenReason, RegExp> = {
  reset: /broke off/,
  timeout: /in time/,
  silent: /does its handler hang/,
  "hung-up": /hung up/,
  "malformed-http": /HTTP server/,
  "too-large": /too large/,
  encoded: /compression/,
  redirect: /redirects to/,
  "bad-status": /log/,
  unsigned: /not the handler of a Durable app/,
  "bad-signature": /DURABLE_SECRET/,
  "wrong-id": /cache/,
  "stale-timestamp": /clocks/,
};
test.each(Object.entries(BROKEN))("%s tells what to do", async (reason, sentence) => {
  const inspected = await inspect({
    kind: "broken",
    reason: reason as BrokenReason,
    detail: "so.",
    status: 500,
    retryAfterMs: null,
    ...TIMES,
  });
  expect(inspected).toMatchObject({ ok: false, code: reason, detail: expect.stringMatching(sentence) });
});
