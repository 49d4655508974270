// Where the app under test calls: `POST /count/<run>` of the fixture's bodies, and the callbacks of an engine.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import {
  blobRequestSchema,
  checkpointRequestSchema,
  HEADER_ID,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  heartbeatRequestSchema,
  isTimestampInTolerance,
  lateRequestSchema,
  memoPageRequestSchema,
  parseTimestampS,
  replyKeyOf,
  type SigningKey,
  sign,
  verify,
  writeJson,
} from "@durable/protocol";
import { readJson, schemaFlaws } from "../app/read-answer.ts";
import { otherKey } from "../app/sign-request.ts";
import type { CallbackKind, CallbackReply } from "../case.ts";
import type { ServedRun } from "./served-run.ts";

const SCHEMAS = {
  memo: memoPageRequestSchema,
  blob: blobRequestSchema,
  checkpoint: checkpointRequestSchema,
  heartbeat: heartbeatRequestSchema,
  late: lateRequestSchema,
} as const;

const COUNT = /^\/count\/([\w-]+)$/;
const CALLBACK = /^\/v1\/apps\/conformance\/dev\/runs\/([\w-]+)\/(memo|blob|checkpoint|heartbeat|late)$/;

export class CallbackServer {
  readonly #key: SigningKey;
  readonly #runs = new Map<string, ServedRun>();
  readonly #server: Server = createServer((request, response) => void this.#take(request, response));

  constructor(key: SigningKey) {
    this.#key = key;
  }

  /** @throws Error with a sentence when the port is taken. */
  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error: Error & { code?: string }) =>
        reject(
          new Error(
            error.code === "EADDRINUSE"
              ? `Port ${port} is taken; choose another one with --listen, and start the app with DURABLE_URL set to it.`
              : `Cannot listen on ${host}:${port}: ${error.message}`,
          ),
        ),
      );
      this.#server.listen(port, host, resolve);
    });
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
  }

  serve(run: ServedRun): void {
    this.#runs.set(run.id, run);
  }

  forget(run: ServedRun): void {
    this.#runs.delete(run.id);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await buffer(request);
      const path = request.url ?? "";
      const counted = this.#runs.get(COUNT.exec(path)?.[1] ?? "");
      if (counted !== undefined) {
        counted.tape.heardMs = performance.now();
        counted.ran.push(new TextDecoder().decode(body));
        response.writeHead(200).end();
        return;
      }
      const [, runId = "", what] = CALLBACK.exec(path) ?? [];
      const run = this.#runs.get(runId);
      if (run === undefined || what === undefined) {
        writeProblem(response, 404, "not-found");
        return;
      }
      await this.#callback(run, what as CallbackKind, request, body, response);
    } catch {
      // Who asked has hung up.
      response.destroy();
    }
  }

  async #callback(
    run: ServedRun,
    what: CallbackKind,
    request: IncomingMessage,
    body: Uint8Array,
    response: ServerResponse,
  ): Promise<void> {
    run.tape.heard("!", what, {}, body);
    const id = String(request.headers[HEADER_ID] ?? "");
    const flaws = this.#flawsOf(run, what, request, id, body);
    if (flaws.length > 0) {
      run.flaws.push(...flaws.map((flaw) => `what the app sent to .../${what}: ${flaw}`));
      writeProblem(response, 401, "unauthenticated");
      return;
    }
    const reply = await run.answer(what, readJson(body).message as Record<string, unknown>);
    this.#reply(run, reply, id, response);
  }

  #flawsOf(
    run: ServedRun,
    what: CallbackKind,
    { method, headers }: IncomingMessage,
    id: string,
    body: Uint8Array,
  ): string[] {
    if (method !== "POST") return [`the method should be POST, and is ${method}`];
    const timestampS = parseTimestampS(String(headers[HEADER_TIMESTAMP] ?? ""));
    const signature = String(headers[HEADER_SIGNATURE] ?? "");
    const isSigned =
      timestampS !== null &&
      isTimestampInTolerance(timestampS, Math.floor(Date.now() / 1_000)) &&
      verify([replyKeyOf(this.#key)], id, timestampS, body, signature);
    if (!isSigned) return ["it is not signed with the reply key, now"];
    const { message, flaws } = readJson(body);
    if (message === undefined) return [...flaws];
    const { run: named } = message as { run?: unknown };
    return [
      ...schemaFlaws(SCHEMAS[what], message),
      ...(named === run.id ? [] : [`the path names run ${run.id}, and the body ${String(named)}`]),
    ];
  }

  #reply(run: ServedRun, reply: CallbackReply, id: string, response: ServerResponse): void {
    if ("silence" in reply || "ends" in reply) {
      response.destroy();
      return;
    }
    if ("status" in reply) {
      writeProblem(response, reply.status, reply.code);
      return;
    }
    if ("text" in reply) {
      run.tape.bytes += Buffer.byteLength(reply.text);
      response.writeHead(200, { "content-type": "application/json" }).end(reply.text);
      return;
    }
    const text = writeJson(reply.json);
    run.tape.bytes += Buffer.byteLength(text);
    const timestampS = Math.floor(Date.now() / 1_000);
    const answered = reply.signed === "for another" ? `${id}x` : id;
    response
      .writeHead(200, {
        "content-type": "application/json",
        "durable-protocol": "1",
        [HEADER_ID]: answered,
        [HEADER_TIMESTAMP]: String(timestampS),
        ...(reply.signed !== "not at all" && {
          [HEADER_SIGNATURE]: sign(
            reply.signed === "with another secret" ? otherKey() : this.#key,
            answered,
            timestampS,
            text,
          ),
        }),
      })
      .end(text);
  }
}

function writeProblem(response: ServerResponse, status: number, code: string): void {
  const problem = {
    type: `urn:durable:problem:${code}`,
    title: "The kit refuses this",
    status,
    detail: "The kit refuses this.",
    code,
  };
  response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
}
