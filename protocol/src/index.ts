// @durable/protocol: the wire, and the schemas that check what comes over it.

export { answerSchema } from "./answer.ts";
export { callAnswerSchema, callRequestSchema, queryRequestSchema } from "./call.ts";
export { checkpointAnswerSchema, checkpointRequestSchema } from "./checkpoint.ts";
export { clientEventSchema, cloudEventSchema, runEventSchema, sendRequestSchema } from "./event.ts";
export { failureSchema } from "./failure.ts";
export { heartbeatRequestSchema } from "./heartbeat.ts";
export {
  functionManifestSchema,
  inspectRequestSchema,
  manifestSchema,
  syncRequestSchema,
  triggerSchema,
} from "./inspect.ts";
export { budgetSchema, engineRequestSchema, invokeRequestSchema, taskSchema } from "./invoke.ts";
export { lateRequestSchema } from "./late.ts";
export {
  blobRequestSchema,
  memoEntrySchema,
  memoPageRequestSchema,
  memoPageSchema,
  opNameSchema,
  refSchema,
} from "./memo.ts";
export { opSchema } from "./ops/op.ts";
export { problemSchema } from "./problem.ts";
export { retryPolicySchema } from "./retry.ts";
export * from "./wire.ts";
