// What a key may do, and how it is. Pure.
import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";
import { duration } from "../../words/time.ts";

export type KeyRow = AnswerOf<"listKeys">["keys"][number];
export type Scope = KeyRow["scope"];

interface Face {
  readonly label: string;
  readonly said: string;
  /** What to do with a new one. */
  readonly next: string;
}

const API_NEXT = "Send it as `authorization: Bearer …`; the command line takes it as DURABLE_API_KEY.";

export const SCOPE: Readonly<Record<Scope, Face>> = {
  send: {
    label: "Send events",
    said: "An event key: it can send events and signals, and read nothing.",
    next: "Give it to who sends events, as DURABLE_EVENT_KEY.",
  },
  read: { label: "Read", said: "See everything of this workspace, payloads too.", next: API_NEXT },
  write: { label: "Read and write", said: "Also start, cancel, pause, answer.", next: API_NEXT },
  admin: {
    label: "Manage",
    said: "Also keys, secrets, webhooks, retention and the production mark.",
    next: API_NEXT,
  },
};

export function keyState(
  { revoked_at, expires_at }: Pick<KeyRow, "revoked_at" | "expires_at">,
  nowMs: number,
): { readonly label: string; readonly tone: Tone } {
  if (revoked_at !== null) return { label: "Revoked", tone: "gone" };
  if (expires_at === null) return { label: "In force", tone: "good" };
  const leftMs = Date.parse(expires_at) - nowMs;
  if (leftMs <= 0) return { label: "Expired", tone: "gone" };
  return { label: `Expires in ${duration(leftMs)}`, tone: leftMs < 7 * 86_400_000 ? "calm" : "good" };
}
