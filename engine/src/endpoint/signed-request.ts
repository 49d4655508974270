import type { SigningKey } from "@durable/protocol/wire";
import { CONTENT_TYPE_JSON, sign } from "@durable/protocol/wire";
import type { Clock, Random } from "../runtime/ports.ts";

/** One request, ready to be written: its headers sign exactly this body. */
export interface SignedRequest {
  /** `webhook-id`: new for every dispatch, and the answer must repeat it. */
  readonly id: string;
  readonly body: string;
  /** Name, value, name, value: the form undici takes without building an object. */
  readonly headers: string[];
}

/**
 * Signs `body` with every current secret of the workspace. While secrets rotate there are two, and the app accepts
 * whichever it knows; the list is never longer than the rotation needs.
 */
export function signRequest(
  ports: { readonly clock: Clock; readonly random: Random },
  keys: readonly SigningKey[],
  body: string,
  traceparent: string,
  contentType: string = CONTENT_TYPE_JSON,
): SignedRequest {
  // No "." in the id: the signed text is `id.timestamp.body`, and a dot would make it ambiguous.
  const id = `dsp_${ports.random.uuid()}`;
  const timestampS = Math.floor(ports.clock.epochMs() / 1000);
  let signature = "";
  for (const key of keys) signature += (signature && " ") + sign(key, id, timestampS, body);
  return {
    id,
    body,
    headers: [
      "content-type",
      contentType,
      "accept",
      "application/json",
      // A reply the engine would have to inflate is a reply whose size it cannot bound.
      "accept-encoding",
      "identity",
      "user-agent",
      "durable/1",
      "durable-protocol",
      "1",
      "webhook-id",
      id,
      "webhook-timestamp",
      String(timestampS),
      "webhook-signature",
      signature,
      "traceparent",
      traceparent,
    ],
  };
}
