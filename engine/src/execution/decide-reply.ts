import type { Outcome } from "../domain/outcome.ts";
import type { Reply } from "./call-app.ts";
import { decide } from "./decide.ts";
import { decideTooLarge } from "./decide-too-large.ts";
import { decideProtocolError, decideTransport } from "./decide-transport.ts";
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
      return decideTooLarge(reply);
  }
}
