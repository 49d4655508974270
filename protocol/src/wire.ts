// @durable/protocol/wire: all that touches bytes, without a schema library. Runs on any fetch runtime.
export * from "./headers.ts";
export * from "./instant.ts";
export * from "./json.ts";
export { JsonProblem, type JsonProblemCode } from "./json-problem.ts";
export * from "./limits.ts";
export type * from "./messages.ts";
export { DEV_SECRET, parseSecret, parseSecretList, replyKeyOf, type SigningKey } from "./secret.ts";
export * from "./signature.ts";
export * from "./step-id.ts";
export * from "./write-json.ts";
