// Every message as plain TypeScript, for code that must not load a schema library: one file per message in messages/,
// one per op in messages/ops/. The zod schema in the file of the same name beside this one says the same with bounds;
// the compiler checks that both agree (agreement.ts).
// Members are snake_case as on the wire. `?` means the member may be missing; unknown members are ignored.

export type * from "./messages/answer.ts";
export type * from "./messages/call.ts";
export type * from "./messages/checkpoint.ts";
export type * from "./messages/engine-offer.ts";
export type * from "./messages/event.ts";
export type * from "./messages/failure.ts";
export type * from "./messages/heartbeat.ts";
export type * from "./messages/inspect.ts";
export type * from "./messages/invoke.ts";
export type * from "./messages/late.ts";
export type * from "./messages/memo.ts";
export type * from "./messages/ops/branch.ts";
export type * from "./messages/ops/compensate.ts";
export type * from "./messages/ops/fetch.ts";
export type * from "./messages/ops/group.ts";
export type * from "./messages/ops/input.ts";
export type * from "./messages/ops/invoke.ts";
export type * from "./messages/ops/join.ts";
export type * from "./messages/ops/op.ts";
export type * from "./messages/ops/plan.ts";
export type * from "./messages/ops/run.ts";
export type * from "./messages/ops/send.ts";
export type * from "./messages/ops/signal.ts";
export type * from "./messages/ops/sleep.ts";
export type * from "./messages/ops/start.ts";
export type * from "./messages/ops/state.ts";
export type * from "./messages/ops/wait.ts";
export type * from "./messages/problem.ts";
export type * from "./messages/retry.ts";
export type * from "./messages/values.ts";
