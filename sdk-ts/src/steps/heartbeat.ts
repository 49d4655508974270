import { enclosingBody } from "../execution/enclosing-step.ts";

/**
 * `heartbeat(progress?, note?)`: the code of a step says that it lives, and how far it is: `heartbeat(0.4, "page 4 of 10")`,
 * which is short for `heartbeat({ progress: 0.4, detail: "page 4 of 10" })`, or any JSON up to 4 KiB. Shown with the run while the code runs; the last
 * word counts, and at most one message a second is sent. The engine does not give up a request in which a step goes on
 * saying so. Once the run was cancelled or has gone on elsewhere it throws, and `signal` fires: await it, and a long body
 * ends when it is for nothing. That it cannot be sent is no error.
 */
export type Heartbeat = (progress?: unknown, note?: string) => Promise<void>;

/**
 * The heartbeat of the body that calls it. Between steps there is none, nor on a runtime that cannot tell whose code
 * calls: there it does nothing.
 */
export const heartbeat: Heartbeat = (progress, note) =>
  enclosingBody()?.heartbeat?.(progress, note) ?? Promise.resolve();
