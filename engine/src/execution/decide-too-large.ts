import { MEMO_BYTES_MAX, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import type { Outcome } from "../domain/outcome.ts";
import type { Reply } from "./call-app.ts";
import { pause } from "./outcome-draft.ts";

const MIB = 1024 * 1024;
const ONE_REQUEST = `paused: its event and results no longer fit into one request of ${REQUEST_BYTES_MAX / MIB} MiB, and its app cannot fetch the rest (up to ${MEMO_BYTES_MAX / MIB} MiB in all). Set DURABLE_URL where the app runs to the address of this engine, with an SDK that fetches pages of a memo; then resume.`;
const ALL_PAGES = `paused: its event and results are more than ${MEMO_BYTES_MAX / MIB} MiB in all, and no app is sent more. What is recorded stays, so it cannot go on: cancel it, store large values elsewhere, let its steps return where they are, and start it again.`;

/** Sent again, the app would answer the same: its code runs, and nothing of it is kept. */
export function answerTooLarge(detail: string): Outcome {
  return pause(
    "PayloadTooLarge",
    `paused: ${detail} Nothing of it was recorded. Deploy code that does, then resume: what ran in this request runs again, with the same idempotency keys.`,
  );
}

/** A person can mend the one, and of the other only know. */
export function decideTooLarge({ isBeyond }: Extract<Reply, { kind: "too-large" }>): Outcome {
  return pause("PayloadTooLarge", isBeyond ? ALL_PAGES : ONE_REQUEST);
}
