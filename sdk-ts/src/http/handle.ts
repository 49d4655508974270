// One request from bytes to bytes. Adapters hand in what their framework has; nothing here knows any framework.

import {
  type Answer,
  type CallRequest,
  type EngineRequest,
  HEADER_ID,
  HEADER_PROTOCOL,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  type InspectRequest,
  type InvokeRequest,
  JsonProblem,
  type Manifest,
  PROTOCOL_VERSION,
  type QueryRequest,
  sign,
  type Task,
  writeJson,
} from "@durable/protocol/wire";
import { configuredEngineUrl, isDevMode } from "../dev-mode.ts";
import type { Duration } from "../duration.ts";
import { answerCall, answerQuery } from "../execution/answer-call.ts";
import { captureConsole } from "../execution/capture-console.ts";
import { CHECKPOINT_ENTRIES_MIN } from "../execution/checkpoint-line.ts";
import { executeFunction } from "../execution/execute-function.ts";
import { LateLine } from "../execution/late-line.ts";
import { leaveOver } from "../execution/left-over.ts";
import { Trails } from "../execution/trails.ts";
import type { TurnOptions } from "../execution/turn/turn-options.ts";
import { ValueLine } from "../execution/value-line.ts";
import type { DurableFunction } from "../function.ts";
import { checkSlug } from "../function-check.ts";
import { type AppDescription, makeManifest } from "../manifest.ts";
import { withFailureHandlers } from "../on-failure.ts";
import { shown } from "../options.ts";
import { unixSeconds } from "../runtime/clock.ts";
import { type Authentic, authenticate } from "./authenticate.ts";
import { checkHead } from "./check-head.ts";
import { DispatchConnection } from "./dispatch-connection.ts";
import { encodeAnswer, type Identity } from "./encode-answer.ts";
import { fetchEvent } from "./fetch-event.ts";
import { fetchMemo } from "./memo-pages.ts";
import { problem } from "./problem.ts";
import { readJson } from "./read-json.ts";
import { createKeySource, type KeyPair, type SecretOption } from "./secrets.ts";
import type { WireRequest, WireResponse } from "./wire-message.ts";

/** What an app serves. */
export interface ServeOptions {
  /** The app's name; the engine repeats it in every request. */
  readonly app: string;
  /** All that the engine may call here, each with an id of its own. */
  readonly functions: readonly DurableFunction[];
  /** Default: `DURABLE_SECRET`, several separated by spaces while they rotate. */
  readonly secret?: SecretOption | undefined;
  /** How long one request may take here from its last heartbeat on, e.g. "60s"; say what your host allows. */
  readonly maxDuration?: Duration | undefined;
  /**
   * What this deployment of the app is called, another name for each. Default: `DURABLE_DEPLOYMENT`, or what the host
   * sets: Vercel, Railway, Deno Deploy, Cloud Run (its revision), Render and Heroku (the commit).
   */
  readonly deployment?: string | undefined;
  /**
   * Whether what the code of a step prints with `console` is kept with the run too, as `step.log` is. Default: true,
   * where the runtime can tell whose code prints (Node, Deno, Bun). Either way it is printed.
   */
  readonly captureConsole?: boolean | undefined;
}

/** Where the engine is reached from this app. */
export interface EngineAddress {
  /** Null where nobody named one. */
  url(): string | null;
  /** From so many entries of a memo on it is told before the answer what has happened. */
  readonly checkpointsFrom: number;
}

const CONFIGURED: EngineAddress = { url: configuredEngineUrl, checkpointsFrom: CHECKPOINT_ENTRIES_MIN };

export type Handle = (request: WireRequest) => Promise<WireResponse>;

/**
 * @param engine Where that answers which calls; what the app is configured with unless told.
 * @throws TypeError for an app without a proper name, and when two functions share an id.
 */
export function createHandle(options: ServeOptions, engine: EngineAddress = CONFIGURED): Handle {
  checkSlug("The app's name", options.app);
  checkServed(options.functions);
  const served = withFailureHandlers(options.functions);
  const functions = new Map(served.map((fn) => [fn.id, fn]));
  if (functions.size !== served.length) {
    throw new TypeError(`Two functions of app "${options.app}" have the same id: ${twiceIn(served)}.`);
  }
  const manifestNow = manifests({ ...options, functions: served }, engine);
  manifestNow();
  const secretsFor = createKeySource(options.secret);
  const capturesConsole = options.captureConsole !== false;
  if (capturesConsole) captureConsole();
  const trails = isDevMode() ? new Trails() : undefined;

  return async (request) => {
    const refused = checkHead(request);
    if (refused !== null) return refused;
    let secrets: readonly KeyPair[];
    try {
      secrets = await secretsFor(request.header("host"), request.remoteAddress);
    } catch {
      return problem(
        "secret-unavailable",
        "Where the app keeps its signing secret did not answer, or what it answered is none.",
      );
    }
    const authentic = authenticate(request, secrets);
    if (authentic === null) {
      return problem("unauthenticated", "Check that app and engine have the same secret and the same time.");
    }
    const message = read(request.body);
    if ("status" in message) return message;
    // Inspect asks who is here, so it may be asked by someone who does not know yet; the answer names the app.
    const manifest = manifestNow();
    if (message.type === "inspect") return signed(authentic, JSON.stringify(manifest));
    if (message.app !== options.app) {
      return problem("not-found", `This route serves another app than ${JSON.stringify(message.app)}.`);
    }
    const fn = functions.get(message.fn);
    if (fn === undefined) {
      return problem(
        "not-found",
        `App "${options.app}" has no function ${JSON.stringify(message.fn)}. Sync the app after a deploy.`,
      );
    }
    const engineUrl = engine.url();
    const { checkpointsFrom } = engine;
    const requestBytes = request.body.length;
    const { hangUp } = request;
    const turnOptions = { hangUp, capturesConsole, trails, engineUrl, checkpointsFrom, requestBytes };
    return answerTo(fn, message, authentic, turnOptions, manifest);
  };
}

/** Where the engine is may be known only later: then the app takes more than it said before. */
function manifests(app: Omit<AppDescription, "reachesEngine">, engine: EngineAddress): () => Manifest {
  const made = new Map<boolean, Manifest>();
  return () => {
    const reachesEngine = engine.url() !== null;
    const manifest = made.get(reachesEngine) ?? makeManifest({ ...app, reachesEngine });
    made.set(reachesEngine, manifest);
    return manifest;
  };
}

async function answerTo(
  fn: DurableFunction,
  message: Exclude<EngineRequest, InspectRequest>,
  authentic: Authentic,
  turnOptions: TurnOptions,
  identity: Identity,
): Promise<WireResponse> {
  const { manifest } = identity;
  switch (message.type) {
    case "invoke":
      return answerInvoke(fn, message, authentic, turnOptions, identity);
    case "call":
      return signed(authentic, writeJson({ ...(await answerCall(fn, message)), manifest }));
    case "query":
      return signed(
        authentic,
        writeJson({
          ...(await answerQuery(fn, message, { ...turnOptions, secret: authentic.keys.request })),
          manifest,
        }),
      );
  }
}

async function answerInvoke(
  fn: DurableFunction,
  message: InvokeRequest,
  authentic: Authentic,
  turnOptions: TurnOptions,
  identity: Identity,
): Promise<WireResponse> {
  const { keys } = authentic;
  const { fence } = message.task;
  const say = (answer: Answer) => {
    const { text, leftOver } = encodeAnswer(answer, identity);
    leaveOver(message.run.id, message.attempts, leftOver);
    return signed(authentic, text);
  };
  if (message.deployment !== undefined && message.deployment !== identity.deployment) {
    return say({ status: "abandoned", fence });
  }
  const environment = message.engine?.environment;
  const { engineUrl = null } = turnOptions;
  const connection =
    environment && engineUrl !== null
      ? DispatchConnection.to(engineUrl, message.app, environment, keys)
      : null;
  const values = new ValueLine(connection, message);
  const fetched = await fetchEvent(await fetchMemo(message, connection), values);
  switch (fetched.kind) {
    case "whole": {
      const late = LateLine.of(connection, message);
      const options = { ...turnOptions, secret: keys.request, values, late };
      const answer = await executeFunction(fn, fetched.request, connection, options);
      if (answer.status === "continue" && hasHungUp(answer, turnOptions)) {
        for (const op of answer.ops) late?.tellOp(op, message.attempts[op.id] ?? 1);
      }
      return answer.status === "need_memo" ? incomplete(message, values.failure) : say(answer);
    }
    case "unreachable":
      return say({ status: "need_memo", fence });
    case "stopped":
      return say({ status: "abandoned", fence });
    case "failed":
      return incomplete(message, fetched.why);
  }
}

/** Nobody hangs up on what is answered at once, and it is not free to ask. */
const HANG_UP_MS = 100;

function hasHungUp({ app_ms = 0 }: Answer, { hangUp }: TurnOptions): boolean {
  return app_ms >= HANG_UP_MS && hangUp?.().aborted === true;
}

/** Nothing has run, and the engine sends it again. */
function incomplete({ run }: InvokeRequest, why: string): WireResponse {
  return problem(
    "memo-incomplete",
    `The request for run ${run.id} has not all of its memo, and ${why}. Does DURABLE_URL lead to the engine that called?`,
  );
}

/** @throws TypeError that names the place of what is no function. */
function checkServed(functions: unknown): void {
  if (!Array.isArray(functions)) {
    throw new TypeError(
      `serve takes "functions", a list of what createFunction returned, not ${shown(functions)}.`,
    );
  }
  for (const [place, fn] of functions.entries()) {
    if (typeof fn?.id === "string" && typeof fn.options?.handler === "function") continue;
    const hint =
      fn === undefined ? " Does an import lead in a circle, or name something that is not exported?" : "";
    throw new TypeError(
      `serve: functions[${place}] is ${shown(fn)}, and not what createFunction returned.${hint}`,
    );
  }
}

function twiceIn(functions: readonly DurableFunction[]): string {
  const ids = functions.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) < index);
  return [...new Set(twice)].map((id) => JSON.stringify(id)).join(", ");
}

function read(body: Uint8Array | string): EngineRequest | WireResponse {
  let message: { type?: unknown; app?: unknown; fn?: unknown };
  try {
    message = readJson(body) as typeof message;
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return problem(error.code, error.message, { offset: error.offset });
  }
  if (typeof message === "object" && message !== null && typeof message.app === "string") {
    if (message.type === "inspect") return message as InspectRequest;
    if (message.type === "invoke" && isInvoke(message as Partial<InvokeRequest>))
      return message as InvokeRequest;
    if (message.type === "call" && isCall(message as Partial<CallRequest>)) return message as CallRequest;
    if (message.type === "query" && isQuery(message as Partial<QueryRequest>)) return message as QueryRequest;
  }
  return problem(
    "malformed-request",
    'The message is no "inspect", "invoke", "call" or "query" as the protocol has them.',
  );
}

function isCall(message: Partial<CallRequest>): boolean {
  return (
    typeof message.fn === "string" &&
    typeof message.call?.id === "string" &&
    typeof message.call.started_at === "string" &&
    "input" in message
  );
}

function isQuery(message: Partial<QueryRequest>): boolean {
  return (
    typeof message.fn === "string" &&
    typeof message.run?.id === "string" &&
    typeof message.event === "object" &&
    Array.isArray(message.memo) &&
    typeof message.query?.name === "string" &&
    typeof message.budget?.ms === "number"
  );
}

function isInvoke(message: Partial<InvokeRequest>): boolean {
  return (
    typeof message.fn === "string" &&
    typeof message.run?.id === "string" &&
    typeof message.task?.fence === "string" &&
    isTask(message.task) &&
    typeof message.input?.event === "object" &&
    Array.isArray(message.memo) &&
    typeof message.attempts === "object" &&
    typeof message.budget?.ms === "number"
  );
}

function isTask(task: Partial<Extract<Task, { step: unknown }>> | Task): boolean {
  return task.kind === "advance" || (isOneStep(task.kind) && typeof task.step === "string");
}

function isOneStep(kind: unknown): boolean {
  return kind === "step" || kind === "compensate";
}

function signed({ id, keys }: Authentic, body: string): WireResponse {
  const timestampS = unixSeconds();
  return {
    status: 200,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      [HEADER_PROTOCOL]: String(PROTOCOL_VERSION),
      [HEADER_ID]: id,
      [HEADER_TIMESTAMP]: String(timestampS),
      [HEADER_SIGNATURE]: sign(keys.reply, id, timestampS, body),
    },
    body,
  };
}
