import { isTimestampInTolerance, parseTimestampS, type SigningKey, verify } from "@durable/protocol/wire";

export interface SignatureHeaders {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** Null unless all three headers stand there, once each. */
export function readSignatureHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): SignatureHeaders | null {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signature = headers["webhook-signature"];
  return typeof id === "string" && typeof timestamp === "string" && typeof signature === "string"
    ? { id, timestamp, signature }
    : null;
}

/** What an app sends by itself is signed like its answers: with the reply key, never with the request key. */
export function isSignedByApp(
  replyKeys: readonly SigningKey[],
  { id, timestamp, signature }: SignatureHeaders,
  body: Uint8Array,
  nowEpochMs: number,
): boolean {
  const timestampS = parseTimestampS(timestamp);
  return (
    timestampS !== null &&
    isTimestampInTolerance(timestampS, Math.floor(nowEpochMs / 1000)) &&
    verify(replyKeys, id, timestampS, body, signature)
  );
}
