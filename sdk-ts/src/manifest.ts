import { type FunctionManifest, type Manifest, PROTOCOL_VERSION } from "@durable/protocol/wire";
import { digest } from "./digest.ts";
import { type Duration, durationMs } from "./duration.ts";
import { type DurableFunction, policyOptionsOf } from "./function.ts";
import { invokesOnWire } from "./invokes.ts";
import { jsonSchemaOf } from "./json-schema.ts";
import { limitsOnWire } from "./limits.ts";
import { failureFunctionId } from "./on-failure.ts";
import { retryPolicy } from "./retry.ts";
import { environment } from "./runtime/environment.ts";
import { searchOnWire } from "./search.ts";
import { onlySchemaOf, triggersOf } from "./trigger.ts";
import { triggerOnWire } from "./trigger-on-wire.ts";
import { SDK_VERSION } from "./version.ts";

export interface AppDescription {
  readonly app: string;
  readonly functions: readonly DurableFunction[];
  readonly maxDuration?: Duration | undefined;
  readonly deployment?: string | undefined;
  /** Whether it can fetch what a request leaves out. */
  readonly reachesEngine: boolean;
  /** Whether its server can answer a request that is still open. */
  readonly takesStreams?: boolean;
}

/** Where a deployment's name is found when `serve` is given none: ours first, then those that platforms set. */
const DEPLOYMENT_VARIABLES = [
  "DURABLE_DEPLOYMENT",
  "VERCEL_DEPLOYMENT_ID",
  "RAILWAY_DEPLOYMENT_ID",
  "DENO_DEPLOYMENT_ID",
  "K_REVISION",
  "RENDER_GIT_COMMIT",
  "HEROKU_SLUG_COMMIT",
];

/** What `inspect` answers. Made once: functions do not change while a process lives. */
export function makeManifest(description: AppDescription): Manifest {
  const { app, functions, maxDuration, deployment: named, reachesEngine, takesStreams } = description;
  const deployment = named ?? DEPLOYMENT_VARIABLES.map(environment).find((name) => name !== undefined);
  const described = {
    protocol: { min: PROTOCOL_VERSION, max: PROTOCOL_VERSION },
    app,
    sdk: `durable-ts/${SDK_VERSION}`,
    capabilities: [
      "unclaimed",
      "parallel",
      "pages",
      "checkpoint",
      "groups",
      "call",
      "query",
      ...(reachesEngine ? ["refs"] : []),
      ...(takesStreams ? ["stream"] : []),
    ],
    max_duration_ms: Math.max(1, durationMs(maxDuration ?? "60s")),
    functions: functions.map(describe),
  };
  // The deployment is no part of the digest: the same functions deployed again need no sync.
  return { ...described, ...(deployment && { deployment }), manifest: digest(JSON.stringify(described)) };
}

function describe(fn: DurableFunction): FunctionManifest {
  const { id, options } = fn;
  const triggers = triggersOf(options);
  const { jsonSchema } = options;
  const input = jsonSchema?.input ?? jsonSchemaOf(options.input ?? onlySchemaOf(triggers), "input");
  const output = jsonSchema?.output ?? jsonSchemaOf(options.output, "output");
  return {
    id,
    triggers: triggers.map(triggerOnWire),
    ...((options.retry ?? options.onExhausted) && { retry: retryPolicy(policyOptionsOf(fn)) }),
    ...(options.onFailure !== undefined && { on_failure: failureFunctionId(id) }),
    ...(options.invokes !== undefined && { invokes: invokesOnWire(options.invokes) }),
    ...(limitsOnWire(options) as Partial<FunctionManifest>),
    ...searchOnWire(options),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
  };
}
