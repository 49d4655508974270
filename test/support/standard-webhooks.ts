// What a receiver does, by the text of the specification (standardwebhooks.com) and none of our code.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

const TOLERANCE_S = 300;

/** How many of the signatures are by this secret. 0: it is not to be believed. */
export function verifiedBy(secret: string, headers: IncomingHttpHeaders, body: Buffer): number {
  const id = String(headers["webhook-id"]);
  const timestamp = String(headers["webhook-timestamp"]);
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_S) return 0;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key)
    .update(Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]))
    .digest();
  return String(headers["webhook-signature"])
    .split(" ")
    .filter((entry) => {
      const [version, signature = ""] = entry.split(",");
      const given = Buffer.from(signature, "base64");
      return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
    }).length;
}
