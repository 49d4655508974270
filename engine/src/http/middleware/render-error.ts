import { JsonProblem } from "@durable/protocol/wire";
import type { Logger } from "pino";
import { Problem } from "../../domain/problems.ts";
import { isConflict, isConnectionLoss, isServerTrouble } from "../../store/database.ts";

/** Whatever was thrown, as the problem the sender hears. What nobody expected is logged and told by its id alone. */
export function toProblem(error: unknown, log: Logger, requestId: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof JsonProblem) {
    return new Problem(error.code, error.message, {
      errors: [{ pointer: error.pointer, detail: error.message }],
    });
  }
  // It reaches nobody.
  if (error instanceof DOMException && error.name === "AbortError")
    return unavailable("The request was given up by who sent it, before it had its answer.");
  if (isAway(error)) {
    log.warn({ err: error, requestId }, "a request was refused because the database is away");
    return unavailable(
      "The database does not answer at the moment, so it is not certain whether the request took effect. Send it " +
        "again; an event that carries an id is accepted only once.",
      error,
    );
  }
  log.error({ err: error, requestId }, "a request failed for a reason nobody expected");
  return new Problem(
    "internal",
    `This is a mistake of the engine, not of the request. Its log tells more under request ${requestId}.`,
    { cause: error },
  );
}

export function unavailable(detail: string, cause?: unknown): Problem {
  return new Problem("unavailable", detail, { headers: { "retry-after": "1" }, cause });
}

/** Also when something between here and the driver wrapped the error. */
function isAway(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (isConnectionLoss(at) || isConflict(at) || isServerTrouble(at)) return true;
  }
  return false;
}
