// What is sent to a webhook: one POST, signed as Standard Webhooks has it, through the guarded connector like every call of the engine.
import { HEADER_ID, HEADER_SIGNATURE, HEADER_TIMESTAMP, parseSecret, sign } from "@durable/protocol/wire";
import type { Clock } from "../runtime/ports.ts";
import { VERSION } from "../version.ts";
import type { FetchClient } from "./fetch-client.ts";

export interface WebhookMessage {
  readonly url: string;
  /** The same at every attempt. */
  readonly id: string;
  readonly body: string;
  /** All that are in force, the newest first. */
  readonly secrets: readonly string[];
}

/** Sentences name the origin and nothing more of the URL: it may hold a secret. */
export type WebhookEnd =
  | { readonly kind: "taken"; readonly status: number }
  | {
      readonly kind: "not-taken";
      /** Null: nothing answered. */
      readonly status: number | null;
      readonly detail: string;
      /** It said that it will never take anything again. */
      readonly isGone: boolean;
    }
  | { readonly kind: "given-up" };

const TIMEOUT_MS = 15_000;
const GONE = 410;

/** Never rejects, and follows no redirect: who is sent to was said by a person. */
export async function sendWebhook(
  { clock, fetchClient }: { readonly clock: Clock; readonly fetchClient: Pick<FetchClient, "call"> },
  { url, id, body, secrets }: WebhookMessage,
): Promise<WebhookEnd> {
  const timestampS = Math.floor(clock.epochMs() / 1_000);
  const end = await fetchClient.call({
    url,
    method: "POST",
    headers: {
      "content-type": "application/json",
      "user-agent": `durable/${VERSION}`,
      [HEADER_ID]: id,
      [HEADER_TIMESTAMP]: String(timestampS),
      [HEADER_SIGNATURE]: secrets.map((secret) => sign(parseSecret(secret), id, timestampS, body)).join(" "),
    },
    body,
    timeoutMs: TIMEOUT_MS,
  });
  if (end.kind === "given-up") return end;
  if (end.kind === "failed") return { kind: "not-taken", status: null, detail: end.detail, isGone: false };
  const { status } = end;
  if (status >= 200 && status < 300) return { kind: "taken", status };
  const more =
    status >= 300 && status < 400 ? " Redirects are not followed: name the address it leads to." : "";
  const detail = `${new URL(url).origin} answered ${status}, and only 2xx is taken for a yes.${more}`;
  return { kind: "not-taken", status, detail, isGone: status === GONE };
}
