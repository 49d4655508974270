export type { CancelOnOptions } from "./cancel-on.ts";
export {
  type Answered,
  type AnswerOptions,
  call,
  type DecideOptions,
  Durable,
  type DurableOptions,
  type ExecuteOptions,
  type SentEvents,
  type StartedRun,
  type StartOptions,
  type TraceOptions,
} from "./client.ts";
export type { Duration } from "./duration.ts";
export { DurableRequestError } from "./engine-connection.ts";
export {
  FunctionError,
  HeartbeatTimeoutError,
  HungUpError,
  JoinError,
  NonRetriableError,
  RetryAfterError,
  StepError,
  StepInterruptedError,
  StepTimeoutError,
  ValueTooLargeError,
} from "./errors.ts";
export type { DurableEvent, EventToSend } from "./event.ts";
export type { Compensate, CompensateBody, StepBodyContext, StepRunOptions } from "./execution/step-body.ts";
export { createFunction, type DurableFunction, type FunctionOptions, type RunContext } from "./function.ts";
export type { ConcurrencyOptions, ThrottleOptions } from "./gates.ts";
export type { SecretOption } from "./http/secrets.ts";
export type { ServeOptions } from "./http/serve-options.ts";
export type { Instant } from "./instant.ts";
export type { Jsonify } from "./json.ts";
export type { Limits } from "./limits.ts";
export type { FailureContext, FailureHandler } from "./on-failure.ts";
export type { FairnessOptions, PriorityOption } from "./order.ts";
export type { RetryOptions } from "./retry.ts";
export type { RunEnded } from "./run-ended.ts";
export type { RunToken, RunTokenOptions } from "./run-token.ts";
export type { SearchOptions } from "./search.ts";
export { serve } from "./serve.ts";
export type {
  BatchOptions,
  DebounceOptions,
  IdempotencyOptions,
  RateLimitOptions,
  SingletonOptions,
} from "./shapes.ts";
export type { StandardSchema } from "./standard-schema.ts";
export type { AnsweredBy, AskOptions } from "./steps/asked.ts";
export type { AwaitedEvent } from "./steps/awaited.ts";
export type { BranchCase, BranchCases } from "./steps/branch.ts";
export type { Branches, ParallelBranch, Results, Winner } from "./steps/branches.ts";
export type { Token } from "./steps/create-token.ts";
export type { FetchOptions } from "./steps/fetch.ts";
export type { Heartbeat } from "./steps/heartbeat.ts";
export type { InvokeOptions } from "./steps/invoke.ts";
export type { Log } from "./steps/log.ts";
export type { QueryHandler } from "./steps/on-query.ts";
export type { ParallelOptions } from "./steps/parallel.ts";
export type { RaceOptions } from "./steps/race.ts";
export type { SpawnOptions } from "./steps/spawn.ts";
export type { Step } from "./steps/step.ts";
export type { FirstEvent } from "./steps/wait-for-any.ts";
export type { Approval } from "./steps/wait-for-approval.ts";
export type { WaitOptions, WaitTimeout } from "./steps/wait-for-event.ts";
export type { Answer, InputOptions } from "./steps/wait-for-input.ts";
export type { SignalOptions } from "./steps/wait-for-signal.ts";
export type { CronTrigger, EventTrigger, Trigger } from "./trigger.ts";
