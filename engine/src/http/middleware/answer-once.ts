import { createHash } from "node:crypto";
import type { EngineKeys } from "../../auth/engine-keys.ts";
import { Problem } from "../../domain/problems.ts";
import type { Database } from "../../store/database.ts";
import { beginRequest, endRequest, forgetRequest, type RequestKey } from "../../store/idempotency.ts";

export const IDEMPOTENCY_HEADER = "idempotency-key";

export interface Answered {
  readonly status: number;
  readonly text: string;
}

export interface OnceParts {
  readonly database: Database;
  readonly engineKeys: EngineKeys;
}

/** What the request is, all of it: with the same key it must be the same again. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
}

/**
 * Does it once per key and day, and answers the same again to the same request.
 * @throws Problem `idempotency-key-reused` for another request, `request-in-flight` while the first is under way.
 */
export async function answerOnce(
  { database, engineKeys }: OnceParts,
  request: RequestKey,
  { method, path, body }: Sent,
  act: () => Promise<Answered>,
): Promise<Answered & { readonly isReplayed: boolean }> {
  const { workspaceId, actor, key } = request;
  const place = `answer of workspace ${workspaceId} to ${actor} under ${key}`;
  const sha256 = createHash("sha256").update(`${method} ${path}\n`).update(body).digest();
  const { state, answer } = await beginRequest(database, request, sha256);
  switch (state) {
    case "done":
      return { ...(JSON.parse(engineKeys.open(answer!, place)) as Answered), isReplayed: true };
    case "in-flight":
      throw new Problem(
        "request-in-flight",
        "The first request with this Idempotency-Key has not been answered yet. Send it again in a moment.",
        { headers: { "retry-after": "1" } },
      );
    case "other":
      throw new Problem(
        "idempotency-key-reused",
        "This Idempotency-Key was used within 24 h for another path or body. Nothing was done.",
      );
    case "begun": {
      const answered = await act().catch(async (error: unknown) => {
        // A problem below 500 says that nothing was done. After others nobody knows: the key stays taken for a while.
        if (error instanceof Problem && error.status < 500) await forgetRequest(database, request);
        throw error;
      });
      await endRequest(database, request, engineKeys.seal(JSON.stringify(answered), place));
      return { ...answered, isReplayed: false };
    }
  }
}
