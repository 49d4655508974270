import { MEMO_ENTRIES_MAX, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
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

export const TOO_LARGE = `paused: its event and results no longer fit into one request of ${REQUEST_BYTES_MAX / 1024 / 1024} MiB (at most ${MEMO_ENTRIES_MAX} entries). Return smaller values from its steps.`;
