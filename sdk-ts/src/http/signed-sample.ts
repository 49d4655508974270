// A request as the engine signs it, and whether an answer is signed as this side must: for tests of the route and of its adapters.

import { parseSecret, replyKeyOf, sign, verify } from "@durable/protocol/wire";

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

export interface SampleSigning {
  readonly secret?: string;
  readonly timestampS?: number;
}

/** The headers of a request with this body. */
export function signed(
  body: string,
  { secret = SECRET, timestampS = Math.floor(Date.now() / 1000) }: SampleSigning = {},
): Record<string, string> {
  const id = `dsp_${crypto.randomUUID()}`;
  return {
    "content-type": "application/json",
    "durable-protocol": "1",
    "webhook-id": id,
    "webhook-timestamp": String(timestampS),
    "webhook-signature": sign(parseSecret(secret), id, timestampS, body),
  };
}

export function isSignedAnswer(header: (name: string) => string | null | undefined, text: string): boolean {
  const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
  return verify(
    [replyKeyOf(parseSecret(SECRET))],
    id ?? "",
    Number(timestamp),
    new TextEncoder().encode(text),
    signature ?? "",
  );
}

/** Calls function `fn` of app `shop` for the first time; `more` is laid over it. */
export function invoke(fn: string, data: unknown, more: object = {}): string {
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
    budget: { ms: 25_000, steps: 1 },
    ...more,
  });
}
