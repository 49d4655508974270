import { answerSchema } from "@durable/protocol";
import {
  ANSWER_BYTES_MAX,
  type Answer,
  JsonProblem,
  type Op,
  parseJson,
  RAW_MEMBERS,
  RawJson,
  stepId,
} from "@durable/protocol/wire";
import type { AnswerFlaw } from "./answer-flaw.ts";
import { schemaFlaw } from "./schema-flaw.ts";
import { trimFailure } from "./trim-failure.ts";
import { trimLogs } from "./trim-logs.ts";
import { withinLimits } from "./value-flaw.ts";

export type DecodedAnswer =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly code: AnswerFlaw; readonly detail: string };

/**
 * Reads an app's answer. The signature says who wrote it, not that it makes sense: the SDK may be old, broken or
 * somebody's own. Whatever passes here may be stored without another look, and nothing that comes in makes it throw.
 * Values stay the text the app sent (`RawJson`), so that 1.0 and 2^53+1 come back to the app as they left it.
 */
export function decodeAnswer(body: Uint8Array, expected: { readonly fence: string }): DecodedAnswer {
  if (body.length > ANSWER_BYTES_MAX) {
    return refuse("too-large", `The answer is larger than ${ANSWER_BYTES_MAX} bytes.`);
  }
  let json: unknown;
  try {
    json = readAppMessage(body);
  } catch (error) {
    if (error instanceof JsonProblem)
      return refuse(error.code, `The answer is not usable JSON. ${error.message}`);
    throw error;
  }
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) return refuse(...schemaFlaw(parsed.error, json));
  const given: Answer = parsed.data;
  if (given.fence !== expected.fence) {
    return refuse(
      "wrong-fence",
      "The answer carries the fence of another dispatch. The SDK must repeat the fence it was sent.",
    );
  }
  const flaw = opsFlaw(opsOf(given));
  if (flaw !== null) return refuse(...flaw);
  const answer = withinLimits(given);
  if (answer.status === "error") answer.error = trimFailure(answer.error);
  trimOps(opsOf(answer));
  return { ok: true, answer };
}

function opsOf(answer: Answer): readonly Op[] {
  return ("ops" in answer && answer.ops) || [];
}

const READING = { raw: RAW_MEMBERS, numbers: "any" } as const;

/** What an app wrote, with users' values as the text they are. @throws JsonProblem */
export function readAppMessage(body: Uint8Array): unknown {
  const json = parseJson(body, READING);
  readMatches(json);
  return json;
}

function refuse(code: AnswerFlaw, detail: string): DecodedAnswer {
  return { ok: false, code, detail };
}

/** An id is a hash of what stands beside it: an op whose id was made differently could overwrite another step. */
export function opsFlaw(ops: readonly Op[]): [AnswerFlaw, string] | null {
  const seen = new Set<string>();
  for (const op of ops) {
    const id = stepId(op.scope ?? "", op.name, op.n);
    if (op.id !== id) {
      return [
        "wrong-step-id",
        `Step "${op.name}" (${op.n}) came with the id ${op.id}, but its name and number give ${id}. The SDK computes step ids in another way than the protocol.`,
      ];
    }
    if (seen.has(id)) return ["duplicate-op", `Step "${op.name}" (${op.n}) is in the answer twice.`];
    seen.add(id);
  }
  return null;
}

export function trimOps(ops: readonly Op[]): void {
  for (const op of ops) {
    if (op.op !== "run" && op.op !== "compensate") continue;
    if (op.st === "err") op.error = trimFailure(op.error);
    if (op.logs !== undefined) op.logs = trimLogs(op.logs);
  }
}

interface MaybeAwaited {
  readonly match?: unknown;
  readonly any?: unknown;
  readonly all?: unknown;
}

/**
 * A path that a wait matches on may be called `data` or `v`, like the members kept as text; here it is none of them,
 * and its value is compared, not passed on.
 */
function readMatches(json: unknown): void {
  const ops = (json as { ops?: unknown } | null)?.ops;
  if (!Array.isArray(ops)) return;
  for (const { match } of ops.flatMap(awaitedOf)) {
    if (typeof match !== "object" || match === null || match instanceof RawJson) continue;
    for (const [path, value] of Object.entries(match)) {
      if (value instanceof RawJson) (match as Record<string, unknown>)[path] = JSON.parse(value.text);
    }
  }
}

/** What may be a wait, and the events of one for several. Nothing is known of it yet. */
function awaitedOf(op: MaybeAwaited | null): MaybeAwaited[] {
  const several = [op?.any, op?.all].filter(Array.isArray).flat() as (MaybeAwaited | null)[];
  return [op, ...several].filter((each) => typeof each === "object" && each !== null);
}
