import type { IncomingMessage, ServerResponse } from "node:http";
import { CONTENT_TYPE_LINES, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import { firstLine } from "../http/open-request.ts";
import { tooLarge } from "../http/problem.ts";
import { createRoute } from "../http/route.ts";
import type { ServeOptions } from "../http/serve-options.ts";
import { hangUpOf } from "./node.ts";
import { NodeOpenRequest } from "./node-open-request.ts";

interface FastifyRequest {
  readonly method: string;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: unknown;
  readonly raw: IncomingMessage;
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): FastifyReply;
  headers(headers: Record<string, string>): FastifyReply;
  send(body: string): unknown;
  /** What is answered on `raw` is nobody else's business. */
  hijack(): unknown;
}

interface FastifyInstance {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(
    type: string,
    options: { parseAs: "buffer"; bodyLimit?: number },
    parse: (request: unknown, body: Buffer, done: (error: null, body: Buffer) => void) => void,
  ): unknown;
  addContentTypeParser(
    type: string,
    parse: (request: unknown, body: unknown, done: (error: null) => void) => void,
  ): unknown;
  all(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): unknown;
}

/**
 * For Fastify: `await app.register(serve({ app, functions }), { prefix: "/api/durable" })`. A plugin of its own scope:
 * it takes bodies as they came, and the rest of the app keeps its parsers.
 */
export function serve(options: ServeOptions): (fastify: FastifyInstance) => Promise<void> {
  const route = createRoute(options, { takesStreams: true });
  return async (fastify) => {
    fastify.removeAllContentTypeParsers();
    // What is a little too large we refuse ourselves, in the protocol's words; what is far too large Fastify does in its own.
    const bodyLimit = 2 * REQUEST_BYTES_MAX;
    fastify.addContentTypeParser("*", { parseAs: "buffer", bodyLimit }, (_, body, done) => done(null, body));
    // It stays open: what comes after its first line is read as it comes.
    fastify.addContentTypeParser(CONTENT_TYPE_LINES, (_, __, done) => done(null));
    fastify.all("/", async (request, reply) => {
      const header = (name: string) => {
        const value = request.headers[name];
        return Array.isArray(value) ? value.join(",") : value;
      };
      const open = NodeOpenRequest.of(request.raw, reply.raw) ?? undefined;
      const first = open && (await firstLine(open));
      const body = first ?? (request.body instanceof Uint8Array ? request.body : new Uint8Array());
      const remoteAddress = request.socket?.remoteAddress;
      const response =
        first === null
          ? tooLarge()
          : await route({
              method: request.method,
              header,
              body,
              remoteAddress,
              hangUp: () => hangUpOf(reply.raw),
              open,
            });
      if (response === null) return reply.hijack();
      return reply.code(response.status).headers(response.headers).send(response.body);
    });
  };
}
