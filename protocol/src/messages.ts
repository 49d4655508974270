// Every message of levels 0 and 1 as plain TypeScript, for code that must not load a schema library. The zod
// schemas beside this file say the same with bounds; the compiler checks that both agree (agreement.ts).
// Members are snake_case as on the wire. `?` means the member may be missing; unknown members are ignored.

/** Any JSON value, or a RawJson: the same value kept as the text received. */
export type Payload = unknown;

/** 32 lower-case hex digits; see `stepId`. */
export type StepId = string;

/** RFC 3339 in UTC with a `Z`; see `parseInstant`. */
export type Instant = string;

export type JsonScalar = string | number | boolean | null;

// --- Failures and retries -------------------------------------------------------------------------------------------

/** User code's error, kept as data. */
export interface Failure {
  name: string;
  /** At most 4 KiB; an SDK cuts what is longer. */
  message: string;
  /** False: do not try again, whatever the policy allows. Missing means true. */
  retry?: boolean | undefined;
  /** Not before so many ms; takes the place of the policy's delay. */
  retry_after_ms?: number | null | undefined;
  /** A word for programs, such as `declined` or, set by an SDK, `nondeterminism`. */
  code?: string | undefined;
  cause?: Failure | undefined;
  /** The step that it comes from, when the function failed because one of its steps had. */
  step?: StepId | undefined;
  /** Only when the app opts in: it may show paths and source. */
  stack?: string | undefined;
  /** The innermost place in the user's own code, `file:line:column`: what groups equal failures. */
  frame?: string | undefined;
}

export interface RetryPolicy {
  /** All attempts, the first included; 1 means no retry. */
  max: number;
  backoff: "exponential" | "linear" | "constant" | "table";
  /** With `table`: the delay after each failed attempt; the last one holds for all later ones. */
  table_ms?: number[] | undefined;
  /** Delay before the second attempt. */
  base_ms: number;
  /** What exponential backoff multiplies by per attempt. */
  factor: number;
  /** No delay is longer. */
  max_ms: number;
  /** Spread each delay over its upper half, so that a wave of failures does not come back as one. */
  jitter: boolean;
  /** Names of errors. With it, only these are tried again. */
  retry_on?: string[] | undefined;
  /** Names of errors that are not tried again, whatever `retry_on` says. */
  stop_on?: string[] | undefined;
  /** No attempt begins later than so many ms after the first failed. */
  max_duration_ms?: number | undefined;
  /** What follows the last attempt: the step fails, or the run pauses until a person resumes it. Missing: `fail`. */
  on_exhausted?: "fail" | "pause" | undefined;
}

// --- Events ---------------------------------------------------------------------------------------------------------

/** What a client may send. */
export interface ClientEvent {
  name: string;
  data?: Payload;
  /** Unique in the workspace: a second event with this id is not accepted again. */
  id?: string | undefined;
  time?: Instant | undefined;
}

/** CloudEvents 1.0, structured JSON form: `type` is the event's name. */
export interface CloudEvent {
  specversion: "1.0";
  id: string;
  source: string;
  type: string;
  /** RFC 3339 with any offset, as CloudEvents has it. */
  time?: string | undefined;
  subject?: string | undefined;
  datacontenttype?: string | undefined;
  data?: Payload;
}

/** An event as a run receives it. */
export interface RunEvent {
  id: string;
  name: string;
  data: Payload;
  time: Instant;
}

// --- inspect --------------------------------------------------------------------------------------------------------

export interface InspectRequest {
  type: "inspect";
  app: string;
}

export interface ProtocolRange {
  min: number;
  max: number;
}

export type Capability =
  | "parallel"
  | "refs"
  | "unclaimed"
  | "batch"
  | "warm"
  | "stream"
  | "checkpoint"
  | "claim"
  | "groups"
  | "restart"
  | "call"
  | "query";

export interface EventTrigger {
  /** An event name; `*` stands for any characters. */
  event: string;
  /** CEL over the event. */
  if?: string | undefined;
}

export interface CronTrigger {
  /** Five fields, or six with seconds first. */
  cron: string;
  /** IANA time zone; UTC unless told. */
  tz?: string | undefined;
}

export type Trigger = EventTrigger | CronTrigger;

/** A limit as the SDK wrote it; the engine judges it at sync. */
export type LimitSpec = Record<string, unknown>;

/** An event that cancels a run of the function. */
export interface CancelOn {
  event: string;
  /** A path whose value must be the same in the data of both events; or path -> the value it must equal. */
  match?: string | Record<string, JsonScalar> | undefined;
  /** CEL over `event` and `trigger`. */
  if?: string | undefined;
  /** Only that long after the run began. */
  timeout_ms?: number | undefined;
}

/** Of a whole run, from its creation on. One that is over ends the run as failed. */
export interface Timeouts {
  /** The app has answered for the first time within it. */
  start_ms?: number | undefined;
  /** The run has ended within it. */
  finish_ms?: number | undefined;
}

export interface FunctionManifest {
  id: string;
  /** Version of the code; a run remembers the one it began with. */
  rev?: string | undefined;
  triggers: Trigger[];
  retry?: RetryPolicy | undefined;
  concurrency?: LimitSpec | LimitSpec[] | undefined;
  throttle?: LimitSpec | undefined;
  rate_limit?: LimitSpec | undefined;
  debounce?: LimitSpec | undefined;
  batch?: LimitSpec | undefined;
  singleton?: LimitSpec | undefined;
  idempotency?: LimitSpec | undefined;
  fairness?: LimitSpec | undefined;
  priority?: LimitSpec | number | undefined;
  timeouts?: Timeouts | undefined;
  cancel_on?: CancelOn[] | undefined;
  /** The function of this app that is started when a run of this one has failed. */
  on_failure?: string | undefined;
  /** JSON Schema of the event's data, and of the output. */
  input?: Payload;
  output?: Payload;
  /** Overrides the app's `max_duration_ms`. */
  max_duration_ms?: number | undefined;
  durability?: "step" | "async" | undefined;
  version?: "latest" | "pinned" | "drain" | undefined;
  /** False: a lost dispatch is repeated only after its deadline, so that code never overlaps itself. */
  overlap?: boolean | undefined;
}

/** The answer to inspect. */
export interface Manifest {
  protocol: ProtocolRange;
  app: string;
  /** Name and version, such as `durable-ts/0.1.0`. */
  sdk: string;
  /** Names the engine does not know are ignored. */
  capabilities: string[];
  /** How long one request may take at most in this app. */
  max_duration_ms: number;
  deployment?: string | undefined;
  /** `sha256:` and 64 hex digits over whatever the SDK chooses; any change causes a sync. */
  manifest: string;
  functions: FunctionManifest[];
}

/** App or operator to engine: "ask this endpoint". Never carries a manifest: the engine pulls it, signed. */
export interface SyncRequest {
  url?: string | undefined;
  deployment?: string | undefined;
}

// --- invoke ---------------------------------------------------------------------------------------------------------

/** The right to answer: opaque, new for every dispatch, repeated in the answer. */
export type Fence = string;

export type Task =
  /** Continue the run; may add ops. At most one live per run. */
  | { kind: "advance"; fence: Fence }
  /** Run one planned step and report only it. Sent only to SDKs with `parallel`. */
  | { kind: "step"; step: StepId; fence: Fence }
  /** Run the compensation of one completed step and report only that. Sent only for steps that declared one. */
  | { kind: "compensate"; step: StepId; fence: Fence };

export interface Budget {
  /** Start no new step after so many ms. */
  ms: number;
  /** Turns without an acknowledgement: in one turn all steps reached before user code blocks run together. */
  steps: number;
}

/** A value kept elsewhere, fetched by `id` from the configured engine, never from a URL in a message. */
export interface Ref {
  id: string;
  bytes: number;
  /** 64 hex digits; the fetcher checks them. */
  sha256: string;
}

export type MemoEntry =
  /** At most one of `v` and `ref`; neither means undefined. */
  | { id: StepId; op: OpName; st: "ok"; v?: Payload; ref?: Ref | undefined }
  | { id: StepId; op: OpName; st: "err"; error: Failure }
  /** User code awaiting it blocks; it must be neither run nor reported again. */
  | { id: StepId; op: OpName; st: "pending" };

export interface RunInput {
  event: RunEvent;
  /** All events of a batch, the first of which is `event`. */
  events?: RunEvent[] | undefined;
}

export interface InvokeRequest {
  type: "invoke";
  app: string;
  fn: string;
  rev?: string | undefined;
  /** `attempt`: of the function outside its steps; missing means 1. */
  run: { id: string; started_at: Instant; attempt?: number | undefined };
  task: Task;
  input: RunInput;
  /** In the order of completion, which is the order in which an SDK resolves. */
  memo: MemoEntry[];
  /** Cursor of the rest of the memo, or null when this is all. */
  memo_next: string | null;
  /** By step id, the number its next attempt will carry; 2 is the first retry. Missing means 1. */
  attempts: Record<StepId, number>;
  budget: Budget;
  /** Head of the journal that this memo shows; an SDK repeats it in checkpoints. */
  known?: number | undefined;
  /** What the engine offers beside level 0, and under which name it knows the app's environment. */
  engine?: EngineOffer | undefined;
  /** Token of the suspended handler to continue; only to SDKs with `warm`. */
  warm?: string | undefined;
}

export interface EngineOffer {
  environment: string;
  /** Names the SDK does not know are ignored. */
  capabilities: string[];
}

export type EngineRequest = InspectRequest | InvokeRequest | CallRequest | QueryRequest;

// --- call and query -------------------------------------------------------------------------------------------------

/** Run the handler once, with no run and no history. Only to SDKs with `call`. */
export interface CallRequest {
  type: "call";
  app: string;
  fn: string;
  rev?: string | undefined;
  budget: { ms: number };
  call: { id: string; started_at: Instant };
  /** The data of its event. */
  input: Payload;
}

/** Answer a question about a run by replaying it; nothing new starts. Only to SDKs with `query`. */
export interface QueryRequest {
  type: "query";
  app: string;
  fn: string;
  rev?: string | undefined;
  budget: { ms: number };
  run: { id: string; started_at: Instant };
  event: RunEvent;
  memo: MemoEntry[];
  query: { name: string; input: Payload };
}

interface CallAnswerCommon {
  app_ms?: number | undefined;
  manifest?: string | undefined;
}

/** The answer to call and query: nothing of it is recorded. */
export type CallAnswer =
  | (CallAnswerCommon & { status: "done"; output?: Payload })
  | (CallAnswerCommon & { status: "error"; error: Failure })
  /** The run answers no query of this name. */
  | (CallAnswerCommon & { status: "unknown_query"; known: string[] });

// --- Ops ------------------------------------------------------------------------------------------------------------

interface OpCommon {
  id: StepId;
  name: string;
  n: number;
  /** Id of the enclosing branch or group; missing means none. */
  scope?: StepId | undefined;
}

export interface LogLine {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  at: Instant;
  data?: Payload;
}

interface RunCommon extends OpCommon {
  op: "run";
  /** Duration of the user's code, by a monotonic clock. */
  ms?: number | undefined;
  logs?: LogLine[] | undefined;
}

/** A step was run: its result. At most one of `v` and `ref`; neither means undefined. */
export interface RunOkOp extends RunCommon {
  st: "ok";
  v?: Payload;
  ref?: Ref | undefined;
  /** It can be undone: when the run ends badly, the engine sends a `compensate` task for it. */
  compensate?: boolean | undefined;
}

/** A step was run: one failed attempt. The engine decides whether there is another. */
export interface RunErrOp extends RunCommon {
  st: "err";
  error: Failure;
  /** The step's own policy; the function's unless told. */
  retry_policy?: RetryPolicy | undefined;
}

export type RunOp = RunOkOp | RunErrOp;

interface CompensateCommon extends OpCommon {
  op: "compensate";
  /** The step that is undone. `name` is that step's, `n` is 0. */
  scope: StepId;
  ms?: number | undefined;
  logs?: LogLine[] | undefined;
}

export interface CompensateOkOp extends CompensateCommon {
  st: "ok";
}

/** One failed attempt at undoing. After the last one the run pauses. */
export interface CompensateErrOp extends CompensateCommon {
  st: "err";
  error: Failure;
  retry_policy?: RetryPolicy | undefined;
}

/** What a `compensate` task came to: the only op of its answer. */
export type CompensateOp = CompensateOkOp | CompensateErrOp;

/** A run step found, to be dispatched as a task of its own. */
export interface PlanOp extends OpCommon {
  op: "plan";
}

/** An HTTP call that the engine makes. Its value is a `FetchResult`. */
export interface FetchOp extends OpCommon {
  op: "fetch";
  /** http or https, without user name and password. */
  url: string;
  /** `GET` unless told. */
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: string | undefined;
  /** Of one attempt. */
  timeout_ms?: number | undefined;
  /** The step's own policy; the function's unless told. */
  retry_policy?: RetryPolicy | undefined;
}

/** Whatever the status is: any answer is a result. */
export interface FetchResult {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** The body is no text, and `body` its base64. */
  base64?: true | undefined;
}

/** A race or a join is decided: the order of the memo says how. The engine cancels what is still open of the losers. */
export interface JoinOp extends OpCommon {
  op: "join";
  /** Open steps that nobody will wait for any more. */
  losers: StepId[];
  /** Shown to people: which branches decided it. */
  v?: Payload;
}

/** Exactly one of `ms` and `until`. */
export interface SleepOp extends OpCommon {
  op: "sleep";
  ms?: number | undefined;
  until?: Instant | undefined;
}

/** What an event must be to end a wait. */
export interface Awaited {
  event: string;
  /** Path into the event's data -> the value it must equal. */
  match?: Record<string, JsonScalar> | undefined;
  /** CEL over `event` and `trigger`, the event that started the run. One that fails settles the wait as an error. */
  if?: string | undefined;
  /** An event that came so many ms before the wait counts; since the run began unless told. */
  look_back_ms?: number | undefined;
}

/** One of several; the key tells user code which it was. */
export interface KeyedAwaited extends Awaited {
  key: string;
}

/**
 * Exactly one of `event`, `any` and `all`. Its value is the event; with `any` the first as `{key, event}`; with `all`
 * an object of all by their keys; null after the timeout.
 */
export interface WaitOp extends OpCommon {
  op: "wait";
  event?: string | undefined;
  match?: Record<string, JsonScalar> | undefined;
  if?: string | undefined;
  look_back_ms?: number | undefined;
  any?: KeyedAwaited[] | undefined;
  all?: KeyedAwaited[] | undefined;
  timeout_ms?: number | undefined;
}

/** Its value is the payload, or null after the timeout. */
export interface SignalOp extends OpCommon {
  op: "signal";
  key: string;
  timeout_ms?: number | undefined;
}

/** Ask a person. Its value is `{value, by, at}`, or null after the timeout. */
export interface InputOp extends OpCommon {
  op: "input";
  /** `approval`: the value is `{approved, comment?}`. `input`: it fits `schema`. */
  kind: "approval" | "input";
  title?: string | undefined;
  prompt?: string | undefined;
  /** Who shall answer; the engine shows it and sends nothing. */
  assignee?: string | undefined;
  /** JSON Schema of the answer; anything unless told. */
  schema?: Payload;
  /** When the event `durable.input.reminder` is sent. */
  remind_after_ms?: number | undefined;
  /** When the event `durable.input.escalated` is sent, and `escalate_to` becomes the assignee. */
  escalate_after_ms?: number | undefined;
  escalate_to?: string | undefined;
  timeout_ms?: number | undefined;
}

/** Start a child run. Its value is the child's output, or with `spawn` the child's id, at once. */
export interface InvokeOp extends OpCommon {
  op: "invoke";
  fn: string;
  /** Another app than this one is refused. */
  app?: string | undefined;
  input?: Payload;
  /** Nobody waits for its end. */
  spawn?: boolean | undefined;
  /** After it the step fails. */
  timeout_ms?: number | undefined;
  /** What becomes of the child when its parent is cancelled or waits for it no longer; `cascade` unless told. */
  on_cancel?: "cascade" | "abandon" | undefined;
}

/** Its value is the list of the events' ids. */
export interface SendOp extends OpCommon {
  op: "send";
  events: ClientEvent[];
}

/** Claim a step before an at-most-once body runs. */
export interface StartOp extends OpCommon {
  op: "start";
}

/** The value of a finished group; its children leave the memo. */
export interface GroupOp extends OpCommon {
  op: "group";
  /** The settled steps that it stands for from now on. */
  folds: StepId[];
  v?: Payload;
  ref?: Ref | undefined;
}

/** Which way the run goes. Its value is `{ taken, cases }`. */
export interface BranchOp extends OpCommon {
  op: "branch";
  /** The first case that holds; null when none does. */
  taken: string | null;
  /** All of them, in the order in which they were asked. */
  cases: string[];
}

/** Publish the run's state. It is no step: it has no entry in the memo, and is not asked for again. */
export interface StateOp extends OpCommon {
  op: "state";
  v?: Payload;
}

export type Op =
  | RunOp
  | CompensateOp
  | PlanOp
  | JoinOp
  | FetchOp
  | SleepOp
  | WaitOp
  | SignalOp
  | InputOp
  | InvokeOp
  | SendOp
  | StartOp
  | GroupOp
  | BranchOp
  | StateOp;

export type OpName = Op["op"];

// --- Answers --------------------------------------------------------------------------------------------------------

interface AnswerCommon {
  fence: Fence;
  /** How long the SDK held the request, by a monotonic clock. */
  app_ms?: number | undefined;
  /** Digest of the app's manifest; a change causes a sync. */
  manifest?: string | undefined;
  /** Which deployment of the app answers, as its manifest says. */
  deployment?: string | undefined;
  /** Only of a dispatch that sent checkpoints: the number of the last one, and the head its answer told. */
  checkpoint?: { seq: number; known: number } | undefined;
}

export interface ContinueAnswer extends AnswerCommon {
  status: "continue";
  ops: Op[];
  /** There is more to do at once: the budget was used up, nothing is awaited. */
  more?: boolean | undefined;
  /** Settled memo entries nobody has asked for. */
  unclaimed?: number | undefined;
  /** The handler stays in memory under this token; only with `warm`. */
  warm?: string | undefined;
}

export interface DoneAnswer extends AnswerCommon {
  status: "done";
  /** Missing means undefined. */
  output?: Payload;
  /** Ops not yet acknowledged, applied first. */
  ops?: Op[] | undefined;
  unclaimed?: number | undefined;
}

/** The function itself failed, outside any step. */
export interface ErrorAnswer extends AnswerCommon {
  status: "error";
  error: Failure;
  ops?: Op[] | undefined;
  unclaimed?: number | undefined;
}

/** A step or compensate task named a step that this code does not reach, or that it cannot undo. */
export interface StepNotFoundAnswer extends AnswerCommon {
  status: "step_not_found";
}

/** The SDK stopped because the engine refused its fence meanwhile. */
export interface AbandonedAnswer extends AnswerCommon {
  status: "abandoned";
}

/** The warm handler is gone: send the whole memo. */
export interface NeedMemoAnswer extends AnswerCommon {
  status: "need_memo";
}

/** End this history and begin a fresh one with this input, in the same run. */
export interface RestartAnswer extends AnswerCommon {
  status: "restart";
  input?: Payload;
  ops?: Op[] | undefined;
}

export type Answer =
  | ContinueAnswer
  | DoneAnswer
  | ErrorAnswer
  | StepNotFoundAnswer
  | AbandonedAnswer
  | NeedMemoAnswer
  | RestartAnswer;

export type AnswerStatus = Answer["status"];

// --- Level 1: refs and memo pages -----------------------------------------------------------------------------------

export interface MemoPageRequest {
  run: string;
  fence: Fence;
  /** `memo_next` of the request or of the page before. */
  next: string;
}

export interface MemoPage {
  memo: MemoEntry[];
  memo_next: string | null;
}

/** Answered with the bytes of the value. */
export interface BlobRequest {
  run: string;
  fence: Fence;
  ref: string;
}

// --- Level 2: checkpoints -------------------------------------------------------------------------------------------

/** What happened so far, while the handler goes on. */
export interface CheckpointRequest {
  run: string;
  /** Of the dispatch. */
  fence: Fence;
  /** From 1, one after the other. The same number again, with the same body, gets the same answer. */
  seq: number;
  /** Head of the journal the app knows: what settled after it is in the answer. */
  known: number;
  ops?: Op[] | undefined;
}

export interface CheckpointAnswer {
  seq: number;
  /** Head of the journal after `memo`. */
  known: number;
  /** What settled since, in order. A `run` or `group` of this very checkpoint comes without its value. */
  memo: MemoEntry[];
  /** Stop starting steps and answer: the engine wants the lease back. */
  yield?: boolean | undefined;
}

// --- Problems -------------------------------------------------------------------------------------------------------

/** RFC 9457: the protocol itself went wrong. Never with environment, headers, paths or stacks. */
export interface Problem {
  /** `urn:durable:problem:<code>`. */
  type: string;
  title: string;
  /** The HTTP status again. */
  status: number;
  /** What happened, why, and what to do. */
  detail: string;
  code: string;
  errors?: { pointer: string; detail: string }[] | undefined;
  /** URL of the page that explains the code. */
  docs?: string | undefined;
}
