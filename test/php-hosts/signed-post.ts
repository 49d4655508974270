import { DEV_SECRET, parseSecret, replyKeyOf, sign, verify } from "@durable/protocol/wire";

const KEY = parseSecret(DEV_SECRET);

/** What an engine asks, signed with the public secret of development; throws when an answer of 200 is not signed. */
export async function signedPost(
  url: string,
  message: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const body = JSON.stringify(message);
  const id = `dsp_${crypto.randomUUID()}`;
  const timestampS = Math.floor(Date.now() / 1_000);
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "durable-protocol": "1",
      "webhook-id": id,
      "webhook-timestamp": String(timestampS),
      "webhook-signature": sign(KEY, id, timestampS, body),
      ...headers,
    },
  });
  const text = await answer.text();
  const atS = Number(answer.headers.get("webhook-timestamp"));
  const signature = answer.headers.get("webhook-signature") ?? "";
  if (answer.status === 200 && !verify([replyKeyOf(KEY)], id, atS, text, signature))
    throw new Error(`The answer is not signed: ${text}`);
  return { status: answer.status, text };
}
