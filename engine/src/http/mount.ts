import {
  HEADER_ID,
  HEADER_PROTOCOL,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
  PROTOCOL_VERSION,
  sign,
  writeJson,
} from "@durable/protocol/wire";
import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono } from "hono";
import type { Actor, WorkspaceName } from "../auth/actor.ts";
import { authorize, isOpenToAnybody } from "../auth/authorize.ts";
import { Problem } from "../domain/problems.ts";
import { eventsAnswer, jsonAnswer, notModified, textAnswer } from "./answer.ts";
import type { Row } from "./contract/row.ts";
import { type Operation, TABLE } from "./contract/table.ts";
import type { Call, Handler, Handlers } from "./handlers.ts";
import type { Answered } from "./middleware/answer-once.ts";
import { type Authentication, authenticate } from "./middleware/authenticate.ts";
import { change } from "./middleware/change.ts";
import { check, invalid } from "./middleware/check.ts";
import { decodeJsonBody, requireContentType } from "./middleware/decode-body.ts";
import { readBody } from "./middleware/limit-body.ts";
import { openToPages, requireTokenOfPage } from "./middleware/open-to-pages.ts";
import { isKnown, writeAnswer } from "./write-answer.ts";

export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: { requestId: string };
}

/** Every row of the table with its handler, and for its path every other method refused. */
export function mountTable(app: Hono<HttpEnv>, handlers: Handlers, authentication: Authentication): void {
  const methods = new Map<string, string[]>();
  for (const name of Object.keys(TABLE) as Operation[]) {
    const row: Row = TABLE[name];
    const path = row.path.replaceAll(/\{(\w+)\}/g, ":$1");
    if (row.isForPages) openToPages(app, path);
    const handler = handlers[name] as unknown as Handler<Operation>;
    app.on(row.method.toUpperCase(), path, (c) => answer(c, row, handler, authentication));
    methods.set(path, [
      ...(methods.get(path) ?? []),
      ...(row.isForPages ? ["OPTIONS"] : []),
      ...(row.method === "get" ? ["GET", "HEAD"] : [row.method.toUpperCase()]),
    ]);
  }
  for (const [path, allowed] of methods) app.all(path, () => refuseMethod(allowed));
}

export function refuseMethod(allowed: readonly string[]): never {
  const list = allowed.join(", ");
  throw new Problem("method-not-allowed", `This path knows ${list}.`, { headers: { allow: list } });
}

async function answer(
  c: Context<HttpEnv>,
  row: Row,
  handler: Handler<Operation>,
  authentication: Authentication,
): Promise<Response> {
  const { incoming, outgoing } = c.env;
  const { headers, method = "" } = incoming;
  const query = readQuery(c.req.url);
  const maxBytes = row.body?.maxBytes ?? 0;
  let read: Promise<Uint8Array> | null = null;
  const body = () => (read ??= readBody(incoming, outgoing, maxBytes));

  // In this order a stranger learns nothing but that it is one, and nobody makes the engine read a body it refuses.
  const workspace = namedWorkspace(c.req.param(), query, authentication.isDev);
  const authorized = async () => {
    if (isOpenToAnybody(row.action)) return null;
    if (row.isForPages) requireTokenOfPage(headers);
    const peer = { remoteAddress: incoming.socket.remoteAddress, headers, method };
    const actor = await authenticate(authentication, peer, workspace, body);
    authorize(actor, row.action, { workspace, runId: c.req.param("id") ?? null });
    return actor;
  };
  const actor = await authorized();
  const call: Call<Operation> = {
    params: check(row.params, c.req.param(), "{") as never,
    query: check(row.query, query, "?") as never,
    ...(await bodyOf(row, headers, body)),
    actor,
    peer: incoming.socket.remoteAddress ?? "",
    header: (name) => incoming.headers[name]?.toString() ?? null,
    authorizeAgain: authorized,
    signal: () => c.req.raw.signal,
  };
  const requestId = c.get("requestId");
  // Nobody would read a stream whose head alone is asked for.
  if (row.streams && incoming.method === "HEAD") return eventsAnswer(null, requestId);
  if (row.text !== undefined) {
    return textAnswer(String(await handler(call)), row.text(call.header("accept")), requestId);
  }
  if (row.method === "get") return await shown(await handler(call), requestId, headers["if-none-match"]);
  const act = async (): Promise<Answered> => {
    const value = await handler(call);
    return { status: row.isPending?.(value as never) ? 202 : row.status, text: writeJson(value) };
  };
  const isPreview = (call.query as { readonly preview?: unknown }).preview === "true";
  const asked = { row, actor, workspace: workspace ?? ownWorkspace(actor), request: c.req, body, isPreview };
  const { status, text, more } = await change(authentication, asked, act);
  const signature = row.isSigned ? await signatureFor(authentication, actor, headers, text) : {};
  return jsonAnswer(status, text, requestId, { ...more, ...signature });
}

async function shown(value: unknown, requestId: string, ifNoneMatch: string | undefined): Promise<Response> {
  if (value instanceof ReadableStream) return eventsAnswer(value, requestId);
  const { text, etag } = await writeAnswer(value);
  return isKnown(ifNoneMatch, etag)
    ? notModified(requestId, etag)
    : jsonAnswer(200, text, requestId, { etag });
}

function ownWorkspace(actor: Actor | null): WorkspaceName | null {
  return actor !== null && "workspace" in actor ? actor.workspace : null;
}

/** An app believes what is signed for its own request: the answer repeats the request's id. */
async function signatureFor(
  { registry, clock }: Authentication,
  actor: Actor | null,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  text: string,
): Promise<Record<string, string>> {
  if (actor?.kind !== "app") return {};
  const { signingKeys } = await registry.of(actor.workspaceId);
  const id = String(headers[HEADER_ID]);
  const timestampS = Math.floor(clock.epochMs() / 1000);
  return {
    [HEADER_PROTOCOL]: String(PROTOCOL_VERSION),
    [HEADER_ID]: id,
    [HEADER_TIMESTAMP]: String(timestampS),
    [HEADER_SIGNATURE]: signingKeys.map((key) => sign(key, id, timestampS, text)).join(" "),
  };
}

async function bodyOf(
  row: Row,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  read: () => Promise<Uint8Array>,
): Promise<{ body: never; contentType: string }> {
  if (row.body === null) return { body: null as never, contentType: "" };
  const isAbsent = headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
  if (isAbsent && !row.body.required) {
    const body = row.body.read === "bytes" ? null : check(row.body.schema, {}, "");
    return { body: body as never, contentType: "" };
  }
  const contentType = requireContentType(row.body, headers);
  const bytes = await read();
  return {
    body: (row.body.read === "bytes" ? bytes : decodeJsonBody(row.body, bytes)) as never,
    contentType,
  };
}

/** A path names its workspace; `/v1/events` names it in its query, where `dev` goes without saying in dev mode. */
function namedWorkspace(
  params: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>>,
  isDev: boolean,
): WorkspaceName | null {
  const app = params["app"] ?? query["app"];
  const environment = params["env"] ?? query["env"] ?? (isDev ? "dev" : undefined);
  return app === undefined || environment === undefined ? null : { app, environment };
}

function readQuery(url: string): Record<string, string> {
  const start = url.indexOf("?");
  if (start === -1) return {};
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    if (Object.hasOwn(query, name)) throw invalid([{ pointer: `?${name}`, detail: "must be given once" }]);
    query[name] = value;
  }
  return query;
}
