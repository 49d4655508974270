import type { Failure } from "@durable/protocol/wire";
import { restoreError } from "./errors.ts";
import type { DurableEvent, Untyped } from "./event.ts";
import type { DurableFunction } from "./function.ts";
import type { Step } from "./steps/step.ts";

/** What `onFailure` gets. */
export interface FailureContext {
  /** With the name, message, code and cause of what the run failed with. */
  readonly error: Error & { readonly code?: string | undefined };
  /** The step that failed for good, if it was one. */
  readonly failedStep: { readonly id: string; readonly name: string } | null;
  /** The run that failed. `startedAt`: RFC 3339, UTC. */
  readonly run: { readonly id: string; readonly startedAt: string };
  /** Its function's id. */
  readonly function: string;
  /** What started it, as it was received. */
  readonly event: DurableEvent<Untyped>;
  /** What the handler itself does durably: its steps are remembered and retried like those of any function. */
  readonly step: Step;
  /** As handlers of functions are given it. */
  readonly traceparent?: string | undefined;
}

/** What it returns is the output of its own run. */
export type FailureHandler = (context: FailureContext) => Promise<unknown> | unknown;

/** Hands a failed run over: data of the event `durable.on-failure`. */
interface FailedRun {
  readonly run: { readonly id: string; readonly started_at: string };
  readonly function: string;
  readonly event: DurableEvent<Untyped>;
  readonly error: Failure;
  readonly step: { readonly id: string; readonly name: string } | null;
}

/** The function that the engine starts when a run of `id` has failed. Nothing else starts it. */
export function failureFunctionId(id: string): string {
  return `${id}.on-failure`;
}

/** All that an app serves: its functions, and behind each that has one its failure handler, as a function of its own. */
export function withFailureHandlers(functions: readonly DurableFunction[]): DurableFunction[] {
  return functions.flatMap((fn) => {
    const { id, options } = fn;
    if (options.onFailure === undefined) return [fn];
    const onFailure = options.onFailure as FailureHandler;
    const handler: DurableFunction["options"]["handler"] = ({ event, step, traceparent }) => {
      const { run, error, step: failedStep, ...rest } = event.data as FailedRun;
      return onFailure({
        error: restoreError(error),
        failedStep,
        run: { id: run.id, startedAt: run.started_at },
        function: rest.function,
        event: rest.event,
        step,
        traceparent,
      });
    };
    const ownId = failureFunctionId(id);
    return [fn, { id: ownId, options: { id: ownId, retry: options.retry, handler } }];
  });
}
