// @durable/protocol/wire: all that touches bytes, without a schema library. Runs on any fetch runtime.

export { beginProblem } from "./begin.ts";
export { parseDuration } from "./duration.ts";
export {
  CALL_EVENT_NAME,
  eventNameProblem,
  isEventNameFor,
  isNameFor,
  RESERVED_EVENT_PREFIX,
  SENT_EVENT_NAME,
  TICK_EVENT_NAME,
  TRIGGER_EVENT_NAME,
} from "./event-name.ts";
export * from "./headers.ts";
export { formatInstant, parseInstant } from "./instant.ts";
export * from "./json.ts";
export { type JsonLimitProblem, jsonLimitProblem } from "./json-limits.ts";
export { JsonProblem, type JsonProblemCode, UNSUPPORTED } from "./json-problem.ts";
export * from "./limits.ts";
export { LineCutter, lineOf, signedLine, verifiedLine } from "./lines.ts";
export type * from "./messages.ts";
export { RAW_MEMBERS, RawJson } from "./raw-json.ts";
export {
  isRunTokenSealed,
  makeRunToken,
  RUN_FIELDS,
  RUN_TOKEN_PREFIX,
  type RunField,
  type RunGrant,
  readRunToken,
} from "./run-token.ts";
export { SEARCHABLE_PATH, TAG } from "./search.ts";
export {
  DEV_SECRET,
  parseSecret,
  parseSecretList,
  replyKeyOf,
  type SigningKey,
  tokenKeyOf,
} from "./secret.ts";
export { sha256 } from "./sha256.ts";
export * from "./signature.ts";
export { slugProblem, TARGET } from "./slug.ts";
export { isStepId, stepId, stepNameProblem } from "./step-id.ts";
export { isSealed, makeToken, readToken, type TokenSubject, tokenSignalKey } from "./token.ts";
export { decodeUtf8 } from "./utf8.ts";
export * from "./write-json.ts";
