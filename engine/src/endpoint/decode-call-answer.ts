import { callAnswerSchema } from "@durable/protocol";
import {
  type CallAnswer,
  JsonProblem,
  parseJson,
  RAW_MEMBERS,
  RawJson,
  VALUE_BYTES_MAX,
} from "@durable/protocol/wire";
import { describeIssues } from "./schema-flaw.ts";
import { trimFailure } from "./trim-failure.ts";

export type DecodedCallAnswer =
  | { readonly ok: true; readonly answer: CallAnswer }
  | { readonly ok: false; readonly detail: string };

/** Reads the answer to a call or a query, with no more trust than one to a dispatch. The output stays text. */
export function decodeCallAnswer(body: Uint8Array): DecodedCallAnswer {
  let json: unknown;
  try {
    json = parseJson(body, { raw: RAW_MEMBERS, numbers: "any" });
  } catch (error) {
    if (error instanceof JsonProblem) return refuse(`Its answer is not usable JSON. ${error.message}`);
    throw error;
  }
  const parsed = callAnswerSchema.safeParse(json);
  if (!parsed.success) return refuse(`Its answer does not fit the protocol. ${describeIssues(parsed.error)}`);
  const answer: CallAnswer = parsed.data;
  if (answer.status === "error") return { ok: true, answer: { ...answer, error: trimFailure(answer.error) } };
  const isTooLarge =
    answer.status === "done" &&
    answer.output instanceof RawJson &&
    Buffer.byteLength(answer.output.text) > VALUE_BYTES_MAX;
  return isTooLarge
    ? refuse(`What it returned is larger than ${VALUE_BYTES_MAX / 1024 / 1024} MiB.`)
    : { ok: true, answer };
}

function refuse(detail: string): DecodedCallAnswer {
  return { ok: false, detail };
}
