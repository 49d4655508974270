// Whether a run token is believed. Apps make them without asking, so it is here that they are bounded (decision 0046).
import {
  isRunTokenSealed,
  RUN_TOKEN_S_MAX,
  type RunGrant,
  type SigningKey,
  TIMESTAMP_TOLERANCE_S,
} from "@durable/protocol/wire";

export type RunTokenVerdict =
  | "in-force"
  /** It was good, and its time is over. */
  | "over"
  /** Made with no secret in force, or for longer than any may last. */
  | "not-believed";

/** @param signingKeys All in force of the workspace that the grant names. */
export function judgeRunToken(
  signingKeys: readonly SigningKey[],
  token: string,
  { until }: RunGrant,
  nowS: number,
): RunTokenVerdict {
  if (!isRunTokenSealed(signingKeys, token)) return "not-believed";
  if (until > nowS + RUN_TOKEN_S_MAX + TIMESTAMP_TOLERANCE_S) return "not-believed";
  return nowS < until ? "in-force" : "over";
}
