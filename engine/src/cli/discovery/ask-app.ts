import { randomUUID } from "node:crypto";
import {
  DEV_SECRET,
  HEADER_ID,
  HEADER_PROTOCOL,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  PROTOCOL_VERSION,
  parseSecret,
  sign,
} from "@durable/protocol/wire";

const ASK_MS = 5_000;
const KEY = parseSecret(DEV_SECRET);

/** What a URL of this machine turned out to be. */
export type Asked =
  | { readonly is: "app"; readonly app: string; readonly digest: string }
  /** Something answers there, and it is no app in dev mode; `detail` is what it said, when it speaks the protocol. */
  | { readonly is: "other"; readonly detail: string | null }
  | { readonly is: "silent" };

/**
 * Asks what lives at a URL, signed like the engine's own requests. Only to notice: the engine asks again itself, and
 * believes only what it was told.
 */
export async function askApp(url: string): Promise<Asked> {
  const body = JSON.stringify({ type: "inspect", app: ANY_APP });
  let answer: Response;
  let said: unknown;
  try {
    answer = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: signed(body),
      body,
      signal: AbortSignal.timeout(ASK_MS),
    });
    said = await answer.json().catch(() => null);
  } catch {
    return { is: "silent" };
  }
  if (answer.ok && hasText(said, "manifest") && hasText(said, "app"))
    return { is: "app", app: said.app, digest: said.manifest };
  return { is: "other", detail: hasText(said, "detail") && hasText(said, "code") ? said.detail : null };
}

/** An app answers inspect whatever name it was asked by; its manifest says the right one. */
const ANY_APP = "_";

function signed(body: string): Record<string, string> {
  const id = `inspect_${randomUUID()}`;
  const timestampS = Math.floor(Date.now() / 1000);
  return {
    "content-type": "application/json",
    [HEADER_PROTOCOL]: String(PROTOCOL_VERSION),
    [HEADER_ID]: id,
    [HEADER_TIMESTAMP]: String(timestampS),
    [HEADER_SIGNATURE]: sign(KEY, id, timestampS, body),
  };
}

function hasText<Name extends string>(value: unknown, name: Name): value is Record<Name, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Record<string, unknown>)[name] === "string"
  );
}
