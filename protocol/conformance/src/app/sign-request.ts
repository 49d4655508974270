// One request of an engine, and every way in which it may be signed wrongly.

import {
  HEADER_ID,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  parseSecret,
  replyKeyOf,
  type SigningKey,
  sign,
} from "@durable/protocol/wire";
import type { Signing } from "../case.ts";

/** One that no app has. */
export const OTHER_SECRET = "whsec_c29tZWJvZHkgZWxzZSBtYWRlIHRoaXMgc2VjcmV0IQ==";

export function otherKey(): SigningKey {
  return parseSecret(OTHER_SECRET);
}

export interface SignedHeaders {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Marks {
  readonly id: string;
  readonly timestampS: number;
  readonly signature: string | null;
}

export function signRequest(
  key: SigningKey,
  id: string,
  body: string | Uint8Array,
  signing: Signing = "well",
): SignedHeaders {
  const marks = marksOf(key, id, body, signing);
  return {
    id: marks.id,
    headers: {
      [HEADER_ID]: marks.id,
      [HEADER_TIMESTAMP]: String(marks.timestampS),
      ...(marks.signature !== null && { [HEADER_SIGNATURE]: marks.signature }),
    },
  };
}

function marksOf(key: SigningKey, id: string, body: string | Uint8Array, signing: Signing): Marks {
  const nowS = Math.floor(Date.now() / 1_000);
  const good = sign(key, id, nowS, body);
  const at = (timestampS: number): Marks => ({ id, timestampS, signature: sign(key, id, timestampS, body) });
  const now = (signature: string | null): Marks => ({ id, timestampS: nowS, signature });
  switch (signing) {
    case "well":
      return now(good);
    case "not at all":
      return now(null);
    case "with another secret":
      return now(sign(otherKey(), id, nowS, body));
    case "with the reply key":
      return now(sign(replyKeyOf(key), id, nowS, body));
    case "before the body was changed":
      return now(
        sign(key, id, nowS, typeof body === "string" ? `${body} ` : Buffer.concat([body, Buffer.from(" ")])),
      );
    case "301 s ago":
      return at(nowS - 301);
    case "295 s ago":
      return at(nowS - 295);
    // A second may pass on the way, and make one of 301 good.
    case "in 305 s":
      return at(nowS + 305);
    case "in 290 s":
      return at(nowS + 290);
    case "beside an old secret":
      return now(`${sign(otherKey(), id, nowS, body)} ${good}`);
    case "beside another scheme":
      return now(`v1a,${good.slice(3)} ${good}`);
    case "by another scheme alone":
      return now(`v1a,${good.slice(3)}`);
    case "without padding":
      return now(good.replace(/=+$/, ""));
    case "with a dot in the id":
      return withDot(key, id, nowS, body);
    case "in a header that is too long":
      return now(`${"v1a,x ".repeat(400)}${good}`);
  }
}

/**
 * `sign` refuses such an id, and so it is signed as the same text split elsewhere: the timestamp of the true request
 * becomes part of the id, and the body begins with what was the id's end.
 */
function withDot(key: SigningKey, id: string, nowS: number, body: string | Uint8Array): Marks {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const signature = sign(key, id, nowS, Buffer.concat([Buffer.from(`${nowS}.`), bytes]));
  return { id: `${id}.${nowS}`, timestampS: nowS, signature };
}
