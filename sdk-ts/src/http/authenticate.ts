import {
  HEADER_ID,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  isTimestampInTolerance,
  parseTimestampS,
  verify,
} from "@durable/protocol/wire";
import { unixSeconds } from "../runtime/clock.ts";
import type { KeyPair } from "./secrets.ts";
import type { WireRequest } from "./wire-message.ts";

export interface Authentic {
  /** Of the request; the answer repeats it. */
  readonly id: string;
  /** The secret that verified the request: the engine surely has it, so the answer is signed with it. */
  readonly keys: KeyPair;
}

/** Null when the request is not signed with any of the secrets, or not signed now. */
export function authenticate(request: WireRequest, secrets: readonly KeyPair[]): Authentic | null {
  const id = request.header(HEADER_ID);
  const timestampS = parseTimestampS(request.header(HEADER_TIMESTAMP) ?? "");
  const signature = request.header(HEADER_SIGNATURE);
  if (!id || !signature || timestampS === null) return null;
  if (!isTimestampInTolerance(timestampS, unixSeconds())) return null;
  for (const keys of secrets) {
    if (verify([keys.request], id, timestampS, request.body, signature)) return { id, keys };
  }
  return null;
}
