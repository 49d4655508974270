export { Durable, type DurableOptions, DurableRequestError, type SentEvents } from "./client.ts";
export type { Duration } from "./duration.ts";
export { NonRetriableError, RetryAfterError, StepError, StepTimeoutError } from "./errors.ts";
export type { StepBodyContext, StepRunOptions } from "./execution/step-body.ts";
export {
  createFunction,
  type DurableEvent,
  type DurableFunction,
  type FunctionOptions,
  type RetryOptions,
  type RunContext,
  type Trigger,
} from "./function.ts";
export type { ServeOptions } from "./http/handle.ts";
export type { SecretOption } from "./http/secrets.ts";
export type { Jsonify } from "./json.ts";
export { serve } from "./serve.ts";
export type { StandardSchema } from "./standard-schema.ts";
export type { EventToSend } from "./steps/send-event.ts";
export type { Step } from "./steps/step.ts";
export type { WaitOptions } from "./steps/wait-for-event.ts";
