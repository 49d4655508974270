// A request as the engine signs it, and whether an answer is signed as this side must: for tests of adapters.

import { parseSecret, replyKeyOf, sign, verify } from "@durable/protocol/wire";

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const KEY = parseSecret(SECRET);

export function signed(body: string): Record<string, string> {
  const id = `dsp_${crypto.randomUUID()}`;
  const timestampS = Math.floor(Date.now() / 1000);
  return {
    "content-type": "application/json",
    "durable-protocol": "1",
    "webhook-id": id,
    "webhook-timestamp": String(timestampS),
    "webhook-signature": sign(KEY, id, timestampS, body),
  };
}

export function isSignedAnswer(header: (name: string) => string | null | undefined, text: string): boolean {
  const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
  return verify(
    [replyKeyOf(KEY)],
    id ?? "",
    Number(timestamp),
    new TextEncoder().encode(text),
    signature ?? "",
  );
}

/** Calls function `fn` of app `shop` for the first time. */
export function invoke(fn: string, data: unknown, budgetMs = 25_000): string {
  return JSON.stringify({
    type: "invoke",
    app: "shop",
    fn,
    run: { id: "0198b7e0-0000-7000-8000-000000000000", started_at: "2026-01-01T00:00:00.000Z" },
    task: { kind: "advance", fence: "fence-1" },
    input: { event: { id: "e", name: "said", data, time: "2026-01-01T00:00:00.000Z" } },
    memo: [],
    memo_next: null,
    attempts: {},
    budget: { ms: budgetMs, steps: 1 },
  });
}
