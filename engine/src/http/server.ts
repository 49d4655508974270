import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { Problem } from "../domain/problems.ts";
import { EndedRuns } from "../runs/ended-runs.ts";
import type { Service } from "../runtime/service.ts";
import { Streams } from "../streams/streams.ts";
import { problemAnswer } from "./answer.ts";
import { createApp } from "./app.ts";
import { answerBrokenRequest } from "./broken-request.ts";
import { unavailable } from "./middleware/render-error.ts";
import { type HttpParts, SERVER_LIMITS, type ServerLimits } from "./parts.ts";

export type { HttpParts } from "./parts.ts";

export interface HttpServer extends Service {
  /** The real one, once started. */
  readonly port: number;
  /** Breaks every connection off, as the end of a process would. */
  cut(): void;
}

/**
 * Node's server with limits on everything a stranger can stretch: the request line, the headers, the time for both
 * and for the body. It stops by draining: requests in flight finish, new ones on open connections are sent away.
 */
export function createHttpServer(parts: HttpParts): HttpServer {
  const limits: ServerLimits = { ...SERVER_LIMITS, ...parts.limits };
  const { config, log, random, timers } = parts;
  const endedRuns = new EndedRuns(parts);
  const streams = new Streams({ ...parts, beatEveryMs: limits.beatEveryMs });
  const app = createApp(parts, endedRuns, streams);
  const inFlight = new Set<ServerResponse>();
  const lastOn = new WeakMap<Duplex, ServerResponse>();
  let server: Server | null = null;
  let port = 0;
  let isDraining = false;

  const serve = getRequestListener((request, env) => app.fetch(request, env), {
    // What the framework cannot even read: a Host or a path that makes no URL.
    errorHandler: (error) => {
      log.debug({ err: error }, "a request made no URL");
      return problemAnswer(
        new Problem("malformed-request", "The Host header or the path makes no valid URL."),
        random.uuid(),
      );
    },
  });
  const refuse = getRequestListener((request) => problemAnswer(refusal(request.url), random.uuid()), {
    errorHandler: () => problemAnswer(refusal(""), random.uuid()),
  });

  function refusal(url: string): Problem {
    if (isDraining)
      return unavailable("This engine process is stopping. Send the request again: another one takes it.");
    return new Problem(
      "uri-too-long",
      `The URL has ${url.length} characters; at most ${limits.urlCharactersMax} are read. Put data into the body.`,
    );
  }

  function listen(incoming: IncomingMessage, outgoing: ServerResponse): void {
    inFlight.add(outgoing);
    lastOn.set(incoming.socket, outgoing);
    outgoing.once("close", () => inFlight.delete(outgoing));
    if (isDraining) outgoing.shouldKeepAlive = false;
    const isRefused = isDraining || (incoming.url?.length ?? 0) > limits.urlCharactersMax;
    void (isRefused ? refuse : serve)(incoming, outgoing);
  }

  return {
    name: "http-server",

    get port() {
      return port;
    },

    start() {
      if (server !== null) return Promise.resolve();
      const starting = createServer({
        maxHeaderSize: limits.headerBytesMax,
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        keepAliveTimeout: limits.keepAliveTimeoutMs,
        // Node looks only so often; its default of 30 s would make the two above untrue.
        connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs / 2),
      });
      server = starting;
      starting.on("request", listen);
      // Without this listener Node invites every body before anybody has looked at the headers.
      starting.on("checkContinue", listen);
      starting.on("clientError", (error, socket) => {
        answerBrokenRequest(error, socket, lastOn.get(socket) ?? null, random.uuid());
      });
      return new Promise((resolve, reject) => {
        starting.once("error", reject);
        starting.listen(config.port, config.host, () => {
          starting.off("error", reject);
          port = (starting.address() as AddressInfo).port;
          streams.start();
          resolve();
        });
      });
    },

    cut() {
      void streams.stop();
      server?.closeAllConnections();
    },

    async stop() {
      if (server === null || isDraining) return;
      isDraining = true;
      const stopping = server;
      const closed = new Promise((resolve) => stopping.close(resolve));
      for (const outgoing of inFlight) outgoing.shouldKeepAlive = false;
      endedRuns.stop();
      await streams.stop();
      const cancel = timers.after(limits.drainMs, () => stopping.closeAllConnections());
      await closed;
      cancel();
    },
  };
}
