import { FAILURE_CAUSES_MAX, FAILURE_MESSAGE_BYTES_MAX, type Failure } from "@durable/protocol/wire";
import { isDevMode } from "../dev-mode.ts";
import { NonRetriableError, RetryAfterError } from "../errors.ts";
import { codeFrame } from "./code-frame.ts";

/** Whatever user code threw, as data. Never throws itself: getters and proxies of strange errors are caught. */
export function toFailure(thrown: unknown): Failure {
  try {
    return describe(thrown, 0);
  } catch {
    return { name: "Error", message: "user code threw something that cannot be described" };
  }
}

function describe(thrown: unknown, depth: number): Failure {
  if (!(thrown instanceof Error)) {
    return {
      name: "Error",
      message: cut(typeof thrown === "string" ? thrown : (JSON.stringify(thrown) ?? String(thrown))),
    };
  }
  const failure: Failure = {
    name: cut(String(thrown.name || "Error"), 200),
    message: cut(String(thrown.message)),
  };
  const code = (thrown as { code?: unknown }).code;
  if (typeof code === "string") failure.code = cut(code, 200);
  if (thrown instanceof NonRetriableError || (thrown as { retry?: unknown }).retry === false)
    failure.retry = false;
  if (thrown instanceof RetryAfterError) failure.retry_after_ms = thrown.retryAfterMs;
  const frame = codeFrame(thrown);
  if (frame !== null) failure.frame = frame;
  if (depth === 0 && isDevMode() && typeof thrown.stack === "string")
    failure.stack = cut(thrown.stack, 4_000);
  if (thrown.cause !== undefined && depth + 1 < FAILURE_CAUSES_MAX)
    failure.cause = describe(thrown.cause, depth + 1);
  return failure;
}

/** At most `bytes` of UTF-8; by characters first, since most text is short. Lone surrogates cannot travel. */
function cut(text: string, bytes = FAILURE_MESSAGE_BYTES_MAX): string {
  let kept = text.replaceAll("\u0000", "").slice(0, bytes);
  kept =
    (kept as { toWellFormed?: () => string }).toWellFormed?.() ?? kept.replace(/[\ud800-\udfff]/g, "\ufffd");
  while (kept.length * 3 > bytes && new TextEncoder().encode(kept).length > bytes)
    kept = kept.slice(0, Math.floor(kept.length * 0.9));
  return (kept as { toWellFormed?: () => string }).toWellFormed?.() ?? kept;
}
