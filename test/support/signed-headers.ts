import { DEV_SECRET, parseSecret, replyKeyOf, type SigningKey, sign } from "@durable/protocol/wire";

/** What apps and senders sign with in development mode. */
export const APP_KEY = replyKeyOf(parseSecret(DEV_SECRET));

export interface Signing {
  readonly key?: SigningKey;
  readonly id?: string;
  readonly timestampS?: number;
}

/** Of a request with this body, signed now as an app signs, or as told. */
export function signedHeaders(
  body: string,
  { key = APP_KEY, id = "app_1", timestampS = Math.floor(Date.now() / 1000) }: Signing = {},
) {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestampS),
    "webhook-signature": sign(key, id, timestampS, body),
  };
}
