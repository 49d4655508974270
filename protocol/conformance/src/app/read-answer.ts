// Strict on what the app says: whatever an engine would not believe, or would have to guess, is a flaw.

import {
  answerSchema,
  callAnswerSchema,
  HEADER_ID,
  HEADER_PROTOCOL,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  isTimestampInTolerance,
  JsonProblem,
  manifestSchema,
  parseJson,
  parseTimestampS,
  problemSchema,
  RAW_MEMBERS,
  replyKeyOf,
  type SigningKey,
  verify,
} from "@durable/protocol";
import type { HttpAnswer } from "./http-line.ts";

/** What is left of zod here. */
interface Schema {
  safeParse(value: unknown): {
    success: boolean;
    error?: { issues: readonly { path: readonly PropertyKey[]; message: string }[] };
  };
}

/** What answers what. */
const SCHEMAS = {
  inspect: manifestSchema,
  invoke: answerSchema,
  call: callAnswerSchema,
  query: callAnswerSchema,
} satisfies Record<string, Schema>;

export type Asked = keyof typeof SCHEMAS;

export interface Read {
  /** Undefined when it is no JSON. */
  readonly message: unknown;
  readonly flaws: readonly string[];
}

/** A signed 200. */
export function readSigned(asked: Asked, id: string, key: SigningKey, answer: HttpAnswer): Read {
  const { status, body } = answer;
  if (status !== 200) {
    return { message: undefined, flaws: [`the status should be 200, and is ${status}: ${excerpt(body)}`] };
  }
  const read = readJson(body);
  return {
    message: read.message,
    flaws: [
      ...typeFlaws(answer, "application/json"),
      ...signatureFlaws(id, key, answer),
      ...read.flaws,
      ...(read.message === undefined ? [] : schemaFlaws(SCHEMAS[asked], read.message)),
    ],
  };
}

/** A refusal. */
export function readProblem(answer: HttpAnswer): Read {
  const read = readJson(answer.body);
  const flaws = [...typeFlaws(answer, "application/problem+json"), ...read.flaws];
  if (read.message === undefined) return { message: undefined, flaws };
  flaws.push(...schemaFlaws(problemSchema, read.message));
  const problem = read.message as { status?: unknown; code?: unknown; type?: unknown };
  if (problem.status !== answer.status) {
    flaws.push(`the problem's status is ${String(problem.status)}, and that of HTTP ${answer.status}`);
  }
  if (problem.type !== `urn:durable:problem:${String(problem.code)}`) {
    flaws.push(
      `the problem's type should be urn:durable:problem:${String(problem.code)}, and is ${String(problem.type)}`,
    );
  }
  return { message: read.message, flaws };
}

export function readJson(bytes: Uint8Array): Read {
  try {
    return { message: parseJson(bytes, { raw: RAW_MEMBERS, numbers: "any" }), flaws: [] };
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return {
      message: undefined,
      flaws: [`the body is no JSON as the protocol has it: ${error.message} ${excerpt(bytes)}`],
    };
  }
}

export function schemaFlaws(schema: Schema, message: unknown): string[] {
  const { error } = schema.safeParse(message);
  return (error?.issues ?? []).map(
    ({ path, message: why }) => `${["body", ...path.map(String)].join(".")} does not fit its schema: ${why}`,
  );
}

function typeFlaws({ headers }: HttpAnswer, expected: string): string[] {
  const flaws: string[] = [];
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== expected) flaws.push(`content-type should be ${expected}, and is ${type ?? "missing"}`);
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") flaws.push(`the body is encoded: ${encoding}`);
  if (headers[HEADER_PROTOCOL] !== "1") {
    flaws.push(`${HEADER_PROTOCOL} should be 1, and is ${headers[HEADER_PROTOCOL] ?? "missing"}`);
  }
  return flaws;
}

function signatureFlaws(id: string, key: SigningKey, { headers, body }: HttpAnswer): string[] {
  const flaws: string[] = [];
  if (headers[HEADER_ID] !== id) {
    flaws.push(`${HEADER_ID} should be the request's, ${id}, and is ${headers[HEADER_ID] ?? "missing"}`);
  }
  const timestampS = parseTimestampS(headers[HEADER_TIMESTAMP] ?? "");
  const signature = headers[HEADER_SIGNATURE];
  if (timestampS === null)
    return [...flaws, `${HEADER_TIMESTAMP} is ${headers[HEADER_TIMESTAMP] ?? "missing"}`];
  if (!isTimestampInTolerance(timestampS, Math.floor(Date.now() / 1_000))) {
    flaws.push(`${HEADER_TIMESTAMP} is more than 300 s away from now: ${timestampS}`);
  }
  if (signature === undefined) return [...flaws, "the answer is not signed"];
  if (verify([replyKeyOf(key)], headers[HEADER_ID] ?? "", timestampS, body, signature)) return flaws;
  const isReflected = verify([key], headers[HEADER_ID] ?? "", timestampS, body, signature);
  return [
    ...flaws,
    isReflected
      ? 'the answer is signed with the secret itself, and not with HMAC-SHA256(secret, "durable/v1/reply")'
      : "the answer's signature is wrong",
  ];
}

const EXCERPT_CHARACTERS = 300;

export function excerpt(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  return text.length > EXCERPT_CHARACTERS ? `${text.slice(0, EXCERPT_CHARACTERS)}...` : text;
}
