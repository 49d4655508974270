import {
  FETCH_BODY_BYTES_MAX,
  FETCH_HEADERS_MAX,
  FETCH_MS_MAX,
  FETCH_URL_CHARACTERS_MAX,
  type FetchOp,
  type FetchResult,
} from "@durable/protocol/wire";
import { type Duration, durationMs } from "../duration.ts";
import { NonRetriableError } from "../errors.ts";
import type { Turn } from "../execution/turn.ts";
import { toJson } from "../execution/value.ts";
import { shown } from "../options.ts";
import { type PolicyOptions, type RetryOptions, retryPolicy } from "../retry.ts";
import { checkOptions } from "./checked-options.ts";

/** A request that the engine makes. */
export interface FetchOptions {
  /** http or https, without user name and password. Only what the engine may call: see its `DURABLE_ALLOWED_NETWORKS`. */
  readonly url: string | URL;
  /** Default GET, or POST when there is a body. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | Headers | undefined;
  /** Text and URLSearchParams are sent as they are; anything else as JSON, with the content type that says so. At most 1 MiB. */
  readonly body?: unknown;
  /** Of one attempt, up to 5 min. Default 30 s. */
  readonly timeout?: Duration | undefined;
  /** This step's own policy, for calls that got no answer at all; what it does not say is the function's. */
  readonly retry?: Omit<RetryOptions, "decide"> & { readonly decide?: undefined };
}

/**
 * `step.fetch(name, url | { url, method, headers, body, timeout, retry })`: the engine makes the call, and no time of the
 * function is spent waiting for it. Whatever is answered is the result, also a 500; only when nothing is (no connection,
 * no answer in time) is it tried again, and after the last attempt a `StepError` named `FetchError` is thrown. Redirects are not followed. At most 1 MiB of
 * answer. Every attempt carries the same `idempotency-key` unless you set one.
 */
export type FetchStep = (name: string, request: string | URL | FetchOptions) => Promise<FetchResult>;

export function makeFetch(turn: Turn, ofFunction: PolicyOptions): FetchStep {
  return (name, request) =>
    turn.ask({ op: "fetch", name }, (id, n) => {
      const options = typeof request === "string" || request instanceof URL ? { url: request } : request;
      checkOptions(`Step "${name}"`, "step.fetch", options ?? null, OPTIONS);
      turn.report({ op: "fetch", id, name, n, ...onWire(name, options, ofFunction) });
    });
}

const OPTIONS = ["url", "method", "headers", "body", "timeout", "retry"];

type Asked = Omit<FetchOp, "op" | "id" | "name" | "n" | "scope">;

/** All of it is checked here: the engine refuses what does not fit with the whole answer. */
function onWire(name: string, options: FetchOptions, ofFunction: PolicyOptions): Asked {
  const { body: given, retry, timeout } = options;
  try {
    const ownHeaders = entriesOf(options.headers);
    const body = bodyOf(given);
    const type = body === undefined ? undefined : contentTypeOf(given);
    const asked: Asked = { url: urlOf(options.url) };
    const method = options.method ?? (body === undefined ? undefined : "POST");
    if (method !== undefined) asked.method = methodOf(method);
    const headers = headersOf(
      type === undefined ? ownHeaders : { "content-type": type, ...lowerCase(ownHeaders) },
    );
    if (Object.keys(headers).length > 0) asked.headers = headers;
    if (body !== undefined) asked.body = body;
    if (timeout !== undefined) asked.timeout_ms = timeoutMs(timeout);
    if (retry?.decide !== undefined) {
      throw new TypeError(
        "retry.decide is asked in the app, and this call is made by the engine. Say the delays instead.",
      );
    }
    // So is the function's own: what it says about delays and attempts holds without it.
    if (retry !== undefined || ofFunction.decide !== undefined) {
      asked.retry_policy = retryPolicy(retry ?? {}, { ...ofFunction, decide: undefined });
    }
    return asked;
  } catch (error) {
    throw new NonRetriableError(`Step "${name}": ${(error as Error).message}`);
  }
}

function urlOf(given: string | URL): string {
  const url = URL.canParse(String(given)) ? new URL(String(given)) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new TypeError("step.fetch needs a whole http or https URL.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("put user name and password into the header authorization, not into the URL.");
  }
  url.hash = "";
  if (url.href.length > FETCH_URL_CHARACTERS_MAX) {
    throw new TypeError(
      `the URL has ${url.href.length} characters; at most ${FETCH_URL_CHARACTERS_MAX} are possible. Send what is so long as the body.`,
    );
  }
  return url.href;
}

function methodOf(method: string): string {
  if (/^[A-Za-z]{1,20}$/.test(method)) return method.toUpperCase();
  throw new TypeError(`${JSON.stringify(method)} is no method.`);
}

function bodyOf(body: unknown): string | undefined {
  if (isNoText(body)) {
    throw new TypeError(
      "the body must be text, URLSearchParams or what JSON can hold. Send bytes, files and forms in a step.run.",
    );
  }
  const isText = typeof body === "string" || body instanceof URLSearchParams;
  const text = isText ? String(body) : toJson("the body is", body)?.text;
  if (text !== undefined && text.length > FETCH_BODY_BYTES_MAX) {
    throw new TypeError("the body is larger than 1 MiB. Let the function itself send it, in a step.run.");
  }
  return text;
}

/** JSON would make {} of them, and nobody would know. */
function isNoText(body: unknown): boolean {
  return (
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    (typeof Blob !== "undefined" && body instanceof Blob) ||
    (typeof FormData !== "undefined" && body instanceof FormData) ||
    (typeof ReadableStream !== "undefined" && body instanceof ReadableStream)
  );
}

function contentTypeOf(body: unknown): string | undefined {
  if (typeof body === "string") return undefined;
  return body instanceof URLSearchParams
    ? "application/x-www-form-urlencoded;charset=UTF-8"
    : "application/json";
}

/** `new Headers(...)` has no members of its own: its content would get lost. */
function entriesOf(headers: FetchOptions["headers"] = {}): Readonly<Record<string, string>> {
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) {
    throw new TypeError(`"headers" is an object of names and values, or Headers, not ${shown(headers)}.`);
  }
  return headers instanceof Headers
    ? Object.fromEntries(headers)
    : (headers as Readonly<Record<string, string>>);
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]{0,8192}$/;

function headersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers);
  if (entries.length > FETCH_HEADERS_MAX) {
    throw new TypeError(`there are ${entries.length} headers; at most ${FETCH_HEADERS_MAX} are possible.`);
  }
  for (const [header, value] of entries) {
    if (!NAME.test(header)) throw new TypeError(`${JSON.stringify(header)} is no name of a header.`);
    if (typeof value === "string" && VALUE.test(value)) continue;
    throw new TypeError(`the header "${header}" must be one line of text, up to 8 KiB.`);
  }
  return { ...headers };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function timeoutMs(timeout: Duration): number {
  const ms = durationMs(timeout);
  if (ms >= 1 && ms <= FETCH_MS_MAX) return Math.round(ms);
  throw new TypeError("a call may take between 1 ms and 5 min.");
}
