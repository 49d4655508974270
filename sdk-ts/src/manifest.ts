import {
  type FunctionManifest,
  type InspectRequest,
  type Manifest,
  PROTOCOL_VERSION,
} from "@durable/protocol/wire";
import { digest } from "./digest.ts";
import { durationMs } from "./duration.ts";
import type { DurableFunction } from "./function.ts";
import { triggersOf } from "./function.ts";
import { retryPolicy } from "./retry.ts";
import { environment } from "./runtime.ts";
import { jsonSchemaOf, type StandardSchema } from "./standard-schema.ts";
import { SDK_VERSION } from "./version.ts";

export interface AppDescription {
  readonly app: string;
  readonly functions: readonly DurableFunction[];
  /** How long one request may take here; 60 s unless told. */
  readonly maxDuration?: number | string | undefined;
}

/** What `inspect` answers. Made once: functions do not change while a process lives. */
export function makeManifest(description: AppDescription): Manifest {
  const functions = description.functions.map(toManifest);
  const deployment = environment("DURABLE_DEPLOYMENT") ?? environment("VERCEL_DEPLOYMENT_ID");
  const max_duration_ms = durationMs(description.maxDuration ?? "60s");
  return {
    protocol: { min: PROTOCOL_VERSION, max: PROTOCOL_VERSION },
    app: description.app,
    sdk: `durable-ts/${SDK_VERSION}`,
    capabilities: ["unclaimed"],
    max_duration_ms,
    ...(deployment === undefined ? {} : { deployment }),
    manifest: digest(JSON.stringify({ functions, max_duration_ms })),
    functions,
  };
}

export function isInspect(request: { type?: unknown }): request is InspectRequest {
  return request.type === "inspect";
}

function toManifest({ id, options }: DurableFunction): FunctionManifest {
  const limits = {
    concurrency: options.concurrency,
    throttle: options.throttle,
    rate_limit: options.rateLimit,
    debounce: options.debounce,
    batch: options.batch,
    singleton: options.singleton,
    idempotency: options.idempotency,
    fairness: options.fairness,
    priority: options.priority,
    timeouts: options.timeouts,
    cancel_on: options.cancelOn,
    durability: options.durability,
    version: options.version,
    input: jsonSchemaOf(options.input as StandardSchema | undefined),
    output: jsonSchemaOf(options.output),
  };
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  return {
    id,
    triggers: triggersOf(options).map((trigger) =>
      "event" in trigger
        ? { event: trigger.event, ...(trigger.if === undefined ? {} : { if: trigger.if }) }
        : { cron: trigger.cron, ...(trigger.tz === undefined ? {} : { tz: trigger.tz }) },
    ),
    ...(options.retry === undefined ? {} : { retry: retryPolicy(options.retry) }),
    ...(given as Partial<FunctionManifest>),
  };
}
