// One request from bytes to bytes. Adapters hand in what their framework has; nothing here knows any framework.

import {
  HEADER_ID,
  HEADER_PROTOCOL,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  type InspectRequest,
  type InvokeRequest,
  isTimestampInTolerance,
  JsonProblem,
  PROTOCOL_VERSION,
  parseJson,
  REQUEST_BYTES_MAX,
  sign,
  verify,
} from "@durable/protocol/wire";
import { executeFunction } from "../execution/execute-function.ts";
import type { DurableFunction } from "../function.ts";
import { makeManifest } from "../manifest.ts";
import { encodeAnswer } from "./encode-answer.ts";
import { METHOD_NOT_ALLOWED, problem, type WireResponse } from "./problem.ts";
import { createKeySource, type KeyPair, type KeySource, type SecretOption } from "./secrets.ts";

export interface ServeOptions {
  /** The app's name; the engine repeats it in every request. */
  readonly app: string;
  readonly functions: readonly DurableFunction[];
  /** Default: `DURABLE_SECRET`, several separated by spaces while they rotate. */
  readonly secret?: SecretOption;
  /** How long one request may take here, e.g. "60s"; say what your host allows. */
  readonly maxDuration?: number | string;
}

export interface WireRequest {
  readonly method: string;
  header(name: string): string | null | undefined;
  /** Exactly the bytes received: the signature is over them. */
  readonly body: Uint8Array | string;
}

export type Handle = (request: WireRequest) => Promise<WireResponse>;

/** @throws TypeError when two functions share an id. */
export function createHandle(options: ServeOptions): Handle {
  const functions = new Map(options.functions.map((fn) => [fn.id, fn]));
  if (functions.size !== options.functions.length) {
    throw new TypeError(`Two functions of app "${options.app}" share an id.`);
  }
  const manifest = makeManifest(options);
  const manifestText = JSON.stringify(manifest);
  const keys = createKeySource(options.secret);

  return async (request) => {
    if (request.method !== "POST") return METHOD_NOT_ALLOWED;
    const refused = refuseHead(request);
    if (refused !== null) return refused;
    const id = request.header(HEADER_ID) ?? "";
    const key = await authenticate(keys, request, id);
    if (key === null)
      return problem("unauthenticated", "Check that app and engine have the same secret and the same time.");
    const message = read(request.body);
    if ("status" in message) return message;
    // Inspect asks who is here, so it may be asked by someone who does not know yet; the answer names the app.
    if (message.type === "inspect") return signed(key, id, manifestText);
    if (message.app !== options.app) {
      return problem("not-found", `This route serves another app than ${JSON.stringify(message.app)}.`);
    }
    const fn = functions.get(message.fn);
    if (fn === undefined)
      return problem(
        "not-found",
        `App "${options.app}" has no function ${JSON.stringify(message.fn)}. Sync the app after a deploy.`,
      );
    return signed(key, id, encodeAnswer(await executeFunction(fn, message), manifest.manifest));
  };
}

/** What can be refused without reading the body. */
function refuseHead(request: WireRequest): WireResponse | null {
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    return problem("unsupported-media-type", "Send content-type: application/json.");
  const encoding = request.header("content-encoding");
  if (encoding && encoding !== "identity")
    return problem("unsupported-media-type", "Send the body without a content-encoding.");
  const version = request.header(HEADER_PROTOCOL);
  if (version && version !== String(PROTOCOL_VERSION)) {
    return problem("unsupported-protocol", `It asks for version ${version.slice(0, 20)}.`, {
      supported: { min: PROTOCOL_VERSION, max: PROTOCOL_VERSION },
    });
  }
  if (request.body.length > REQUEST_BYTES_MAX)
    return problem("payload-too-large", `At most ${REQUEST_BYTES_MAX} bytes are taken.`);
  return null;
}

async function authenticate(keys: KeySource, request: WireRequest, id: string): Promise<KeyPair | null> {
  const timestamp = request.header(HEADER_TIMESTAMP) ?? "";
  const signature = request.header(HEADER_SIGNATURE);
  if (id === "" || !signature || !/^\d{1,11}$/.test(timestamp)) return null;
  if (!isTimestampInTolerance(Number(timestamp), Math.floor(Date.now() / 1000))) return null;
  for (const pair of await keys(request.header("host"))) {
    // The answer is signed with the secret that verified: the one the engine surely has.
    if (verify([pair.request], id, Number(timestamp), request.body, signature)) return pair;
  }
  return null;
}

function read(body: Uint8Array | string): InspectRequest | InvokeRequest | WireResponse {
  let message: { type?: unknown; app?: unknown; fn?: unknown };
  try {
    message = parseJson(body, { numbers: "any" }) as typeof message;
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return problem("malformed-request", error.message, { code: error.code, offset: error.offset });
  }
  if (typeof message === "object" && message !== null && typeof message.app === "string") {
    if (message.type === "inspect") return message as InspectRequest;
    if (message.type === "invoke" && isInvoke(message as Partial<InvokeRequest>))
      return message as InvokeRequest;
  }
  return problem(
    "malformed-request",
    'The message is neither "inspect" nor "invoke" as the protocol has them.',
  );
}

function isInvoke(message: Partial<InvokeRequest>): boolean {
  return (
    typeof message.fn === "string" &&
    typeof message.run?.id === "string" &&
    typeof message.task?.fence === "string" &&
    message.task.kind === "advance" &&
    typeof message.input?.event === "object" &&
    Array.isArray(message.memo) &&
    typeof message.attempts === "object" &&
    typeof message.budget?.ms === "number"
  );
}

function signed(key: KeyPair, id: string, body: string): WireResponse {
  const timestampS = Math.floor(Date.now() / 1000);
  return {
    status: 200,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      [HEADER_PROTOCOL]: String(PROTOCOL_VERSION),
      [HEADER_ID]: id,
      [HEADER_TIMESTAMP]: String(timestampS),
      [HEADER_SIGNATURE]: sign(key.reply, id, timestampS, body),
    },
    body,
  };
}
