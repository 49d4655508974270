import type { Exchange, ScriptedCase, Signing } from "../../case.ts";

const inspect = { type: "inspect", app: "conformance" };

function taken(id: string, says: string, signed: Signing): ScriptedCase {
  return asked(id, says, { signed, answers: { app: "conformance" } });
}

function refused(id: string, says: string, signed: Signing): ScriptedCase {
  return asked(id, says, { signed, refused: { status: 401, code: "unauthenticated" } });
}

function asked(id: string, says: string, exchange: Exchange): ScriptedCase {
  return { id, level: 0, says, exchanges: [{ message: inspect, ...exchange }] };
}

export const signature: readonly ScriptedCase[] = [
  taken(
    "L0-signature-good",
    "A request that is signed with the secret is answered, signed with the reply key.",
    "well",
  ),
  refused("L0-signature-missing", "Without a signature nothing is told but 401.", "not at all"),
  refused("L0-signature-wrong", "Another secret is refused.", "with another secret"),
  refused(
    "L0-signature-tampered",
    "The signature is over the bytes of the body: one changed byte is refused.",
    "before the body was changed",
  ),
  refused("L0-signature-old", "A request signed 301 s ago is refused.", "301 s ago"),
  refused(
    "L0-signature-future",
    "A request that claims to be more than 300 s from the future is refused.",
    "in 305 s",
  ),
  taken(
    "L0-signature-within-300-s",
    "Clocks may differ by up to 300 s: one of 295 s ago is taken.",
    "295 s ago",
  ),
  taken("L0-signature-ahead", "And one that is 290 s ahead.", "in 290 s"),
  taken(
    "L0-signature-second-of-list",
    "While secrets rotate, any of the listed signatures is enough.",
    "beside an old secret",
  ),
  taken("L0-signature-v1a-passed-over", "Entries of other schemes are passed over.", "beside another scheme"),
  refused("L0-signature-v1a-alone", "Other schemes prove nothing.", "by another scheme alone"),
  refused(
    "L0-signature-reflected",
    "What is signed with the reply key is no request: an app's own words cannot be sent back to it.",
    "with the reply key",
  ),
  refused(
    "L0-signature-without-padding",
    "Only the canonical base64 of the 32 bytes, with its padding, is a signature.",
    "without padding",
  ),
  refused(
    "L0-signature-dot-in-id",
    "An id with a dot is refused: the signed text could be split elsewhere.",
    "with a dot in the id",
  ),
  refused(
    "L0-signature-header-too-long",
    "A header of more than 2,048 characters is refused unread.",
    "in a header that is too long",
  ),
  {
    id: "L0-secret-list",
    level: 0,
    isLast: true,
    isRotated: true,
    says: "DURABLE_SECRET is a list separated by white space: every one of them verifies, and the answer is signed with the one that did.",
    exchanges: [
      { message: inspect, answers: { app: "conformance" } },
      { message: inspect, signed: "before the body was changed", refused: { status: 401 } },
    ],
  },
  asked(
    "L0-signature-bytes",
    "The body is verified as the bytes received, white space and order of members included; it is never parsed and written again.",
    {
      body: '\n{ "app" : "conformance",\t"type"\n: "inspect" , "x": "\\u00e9\\u20ac / 1.0" }  ',
      answers: { app: "conformance" },
    },
  ),
];
