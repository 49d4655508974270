// One request from bytes to bytes. Adapters hand in what their framework has; nothing here knows any framework.

import {
  type EngineRequest,
  HEADER_TRACEPARENT,
  type InspectRequest,
  type Manifest,
  writeJson,
} from "@durable/protocol/wire";
import { configuredEngineUrl, isDevMode } from "../dev-mode.ts";
import { answerCall, answerQuery } from "../execution/answer-call.ts";
import { captureConsole } from "../execution/capture-console.ts";
import { CHECKPOINT_ENTRIES_MIN } from "../execution/posted-checkpoints.ts";
import { Trails } from "../execution/trails.ts";
import type { TurnOptions } from "../execution/turn/turn-options.ts";
import type { DurableFunction } from "../function.ts";
import { checkSlug } from "../function-check.ts";
import { type AppDescription, makeManifest } from "../manifest.ts";
import { withFailureHandlers } from "../on-failure.ts";
import { answerInvoke } from "./answer-invoke.ts";
import { AnswerStream } from "./answer-stream.ts";
import { type Authentic, authenticate } from "./authenticate.ts";
import { checkHead, isLines } from "./check-head.ts";
import { checkOnce, checkServed } from "./check-served.ts";
import type { Identity } from "./encode-answer.ts";
import { problem } from "./problem.ts";
import { readMessage } from "./read-message.ts";
import { createKeySource, type KeyPair } from "./secrets.ts";
import type { ServeOptions } from "./serve-options.ts";
import { signedAnswer } from "./signed-answer.ts";
import { withinTimeLeft } from "./time-left.ts";
import type { WholeRequest, WireRequest, WireResponse } from "./wire-message.ts";

/** Where the engine is reached from this app. */
export interface EngineAddress {
  /** Null where nobody named one. */
  url(): string | null;
  /** From so many entries of a memo on it is told before the answer what has happened. */
  readonly checkpointsFrom: number;
}

const CONFIGURED: EngineAddress = { url: configuredEngineUrl, checkpointsFrom: CHECKPOINT_ENTRIES_MIN };

/** What the route stands on. */
export interface RouteHost {
  /** Where that answers which calls; what the app is configured with unless told. */
  readonly engine?: EngineAddress;
  /** Whether the server can hand over a request that stays open. */
  readonly takesStreams?: boolean;
}

/** Answers what the engine asks of one app. */
export interface Route {
  (request: WholeRequest): Promise<WireResponse>;
  /** Null when it is answered on the open request already. */
  (request: WireRequest): Promise<WireResponse | null>;
}

/** @throws TypeError for an app without a proper name, and when two functions share an id. */
export function createRoute(
  options: ServeOptions,
  { engine = CONFIGURED, takesStreams = false }: RouteHost = {},
): Route {
  checkSlug("The app's name", options.app);
  checkServed(options.functions);
  const served = withFailureHandlers(options.functions);
  checkOnce(options.app, served);
  const functions = new Map(served.map((fn) => [fn.id, fn]));
  const manifestNow = manifests({ ...options, functions: served, takesStreams }, engine);
  manifestNow();
  const secretsFor = createKeySource(options.secret);
  const capturesConsole = options.captureConsole !== false;
  if (capturesConsole) captureConsole();
  const trails = isDevMode() ? new Trails() : undefined;

  const route = async (given: WireRequest): Promise<WireResponse | null> => {
    const request = withFirstLine(given);
    const refused = checkHead(request);
    if (refused !== null) return refused;
    let secrets: readonly KeyPair[];
    try {
      secrets = await secretsFor(request);
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
    const message = readMessage(request.body);
    if ("status" in message) return message;
    // Inspect asks who is here, so it may be asked by someone who does not know yet; the answer names the app.
    const manifest = manifestNow();
    if (message.type === "inspect") return signedAnswer(authentic, JSON.stringify(manifest));
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
    const traceparent = request.header(HEADER_TRACEPARENT) ?? undefined;
    const own = { capturesConsole, trails, engineUrl, checkpointsFrom };
    const stream = request.open && new AnswerStream(request.open, authentic);
    const turnOptions = { ...own, hangUp, requestBytes, traceparent, stream };
    const timely = message.type === "invoke" ? withinTimeLeft(message, request.timeLeftMs) : message;
    return answerTo(fn, timely, authentic, turnOptions, manifest);
  };
  return route as Route;
}

/** Where a server hands over a whole body although it was to stay open, the message is its first line. */
function withFirstLine(request: WireRequest): WireRequest {
  const { body, open } = request;
  if (open !== undefined || !isLines(request.header("content-type"))) return request;
  const end = typeof body === "string" ? body.indexOf("\n") : body.indexOf(0x0a);
  return end < 0 ? request : { ...request, body: body.slice(0, end) };
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
): Promise<WireResponse | null> {
  const { manifest } = identity;
  switch (message.type) {
    case "invoke":
      return answerInvoke(fn, message, authentic, turnOptions, identity);
    case "call":
      return signedAnswer(
        authentic,
        writeJson({ ...(await answerCall(fn, message, turnOptions)), manifest }),
      );
    case "query":
      return signedAnswer(
        authentic,
        writeJson({
          ...(await answerQuery(fn, message, { ...turnOptions, secret: authentic.keys.request })),
          manifest,
        }),
      );
  }
}
