import { JsonProblem } from "@durable/protocol/wire";
import type { ZodType } from "zod";
import { readAppMessage } from "./decode-answer.ts";
import { describeIssues } from "./schema-flaw.ts";

export type DecodedReport<Request> =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly detail: string };

/** Reads what an app sends while a dispatch goes on; what its members mean is judged by the caller. */
export function decodeReport<Request>(body: Uint8Array, schema: ZodType<Request>): DecodedReport<Request> {
  let json: unknown;
  try {
    json = readAppMessage(body);
  } catch (error) {
    if (error instanceof JsonProblem) return { ok: false, detail: `It is not usable JSON. ${error.message}` };
    throw error;
  }
  return reportOf(json, schema);
}

/** The same of what is read already. */
export function reportOf<Request>(json: unknown, schema: ZodType<Request>): DecodedReport<Request> {
  const parsed = schema.safeParse(json);
  return parsed.success
    ? { ok: true, request: parsed.data }
    : { ok: false, detail: describeIssues(parsed.error) };
}
