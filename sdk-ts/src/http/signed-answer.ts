import {
  HEADER_ID,
  HEADER_PROTOCOL,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  PROTOCOL_VERSION,
  sign,
} from "@durable/protocol/wire";
import { unixSeconds } from "../runtime/clock.ts";
import type { Authentic } from "./authenticate.ts";
import type { WireResponse } from "./wire-message.ts";

/** What the engine can tell from one that somebody else sends. */
export function signedAnswer({ id, keys }: Authentic, body: string): WireResponse {
  const timestampS = unixSeconds();
  return {
    status: 200,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      [HEADER_PROTOCOL]: String(PROTOCOL_VERSION),
      [HEADER_ID]: id,
      [HEADER_TIMESTAMP]: String(timestampS),
      [HEADER_SIGNATURE]: sign(keys.reply, id, timestampS, body),
    },
    body,
  };
}
