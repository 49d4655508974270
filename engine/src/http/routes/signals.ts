import { EVENT_BYTES_MAX, isSealed, parseJson, readToken } from "@durable/protocol";
import { isUuid } from "../../domain/ids.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { SIGNAL_EVENT } from "../../domain/signal-event.ts";
import { findEventData } from "../../store/events.ts";
import { isRunLive } from "../../store/run-states.ts";
import { sendSignal } from "../contract/signals.ts";
import type { Handlers } from "../handlers.ts";
import { RateLimit } from "../middleware/rate-limit.ts";
import type { RouteParts } from "../parts.ts";
import { refuseInexactNumbers } from "./exact-numbers.ts";
import { decodePayload, requireSignedFor } from "./payload.ts";

/** A token is good for one request; who sends more than this guesses. */
const TOKENS_PER_SECOND = 20;
const TOKENS_AT_ONCE = 100;

export function signalRoutes(parts: RouteParts): Handlers<"sendSignal" | "completeToken"> {
  const { acceptEvents, clock, database, registry, workspaceIds } = parts;
  const tokens = new RateLimit(clock, { perSecond: TOKENS_PER_SECOND, atOnce: TOKENS_AT_ONCE });

  /** Answers the event's id, or null when this id was used for another signal. */
  async function store(workspaceId: number, data: string, clientId: string | null) {
    const event = { clientId, name: SIGNAL_EVENT, data, timeMs: null };
    const result = await acceptEvents.accept(workspaceId, [event]);
    return result.state === "accepted" ? result.ids[0]! : null;
  }

  return {
    async sendSignal({ params, body, actor }) {
      const { app, env, key } = params;
      const { body: request, payload } = decodePayload(body, sendSignal.body.schema, "payload");
      requireSignedFor(actor, request.path, `/v1/apps/${app}/${env}/signals/${encodeURIComponent(key)}`);
      const workspaceId = await workspaceIds.require(app, env);
      const id = await store(workspaceId, signalData(key, payload), request.id ?? null);
      if (id !== null) return { id };
      throw new Problem(
        "idempotency-conflict",
        `Nothing was stored: the id ${request.id} already names another event. Another signal needs another id.`,
      );
    },

    async completeToken({ params, body, peer }) {
      tokens.take(peer);
      const subject = readToken(params.token);
      const workspaceId = subject === null ? null : await workspaceIds.find(subject.app, subject.env);
      // One answer for whatever is wrong with it: who guesses learns nothing.
      if (subject === null || workspaceId === null) throw noSuchToken();
      const { signingKeys } = await registry.of(workspaceId);
      if (!isSealed(signingKeys, params.token)) throw noSuchToken();
      const runId = subject.key.split("/")[1] ?? "";
      const isLive = isUuid(runId) ? await isRunLive(database, workspaceId, runId) : null;
      if (isLive === null) throw noSuchToken();
      const payload = body === null || body.length === 0 ? "null" : jsonText(body);
      // The token is the event's id, so it is stored once, and the same body sent again finds it.
      const clientId = `durable.${subject.key}`;
      const data = signalData(subject.key, payload);
      const before = isLive ? null : await findEventData(database, workspaceId, clientId);
      if (!isLive && before === null) {
        throw new Problem(
          "run-terminal",
          "The run that made the token has ended. Nothing waits for it any more.",
        );
      }
      const isTaken = isLive ? (await store(workspaceId, data, clientId)) === null : before !== data;
      if (!isTaken) return { state: "completed" };
      throw new Problem(
        "already-answered",
        "The token was completed before, with something else. The first answer counts.",
      );
    },
  };
}

function signalData(key: string, payload: string): string {
  return `{"key":${JSON.stringify(key)},"payload":${payload}}`;
}

function noSuchToken(): Problem {
  const { message } = notFound();
  return new Problem(
    "not-found",
    message.replace("in this app and environment", "here").replace(/ Check .*/, ""),
  );
}

function jsonText(body: Uint8Array): string {
  parseJson(body);
  const text = new TextDecoder().decode(body);
  refuseInexactNumbers(body, false, [{ data: text }]);
  if (text.length <= EVENT_BYTES_MAX) return text;
  throw new Problem("payload-too-large", `The body may have at most ${EVENT_BYTES_MAX} bytes here.`);
}
