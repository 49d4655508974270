import { MEMO_BYTES_MAX, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import type { Outcome } from "../domain/outcome.ts";
import type { Reply } from "./call-app.ts";
import { decide } from "./decide.ts";
import { decideProtocolError, decideTransport } from "./decide-transport.ts";
import { pause } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

/** What one dispatch of a run means, however it ended. */
export function decideReply(situation: Situation, reply: Reply): Outcome {
  switch (reply.kind) {
    case "answer":
      return decide(situation, reply.answer);
    case "nonsense":
      return decideProtocolError(situation, reply.code, reply.detail);
    case "unanswered":
      return decideTransport(situation, reply.end, reply.isDown);
    case "too-large":
      return pause("PayloadTooLarge", TOO_LARGE);
  }
}

const MIB = 1024 * 1024;
export const TOO_LARGE = `paused: its event and results no longer fit into one request of ${REQUEST_BYTES_MAX / MIB} MiB, and its app cannot fetch the rest (up to ${MEMO_BYTES_MAX / MIB} MiB in all). Set DURABLE_URL where the app runs to the address of this engine, with an SDK that fetches pages of a memo, or return smaller values from its steps; then resume.`;
