import type { Manifest, SigningKey } from "@durable/protocol/wire";
import type { Clock, Random } from "../runtime/ports.ts";
import type { AppClient } from "./app-client.ts";
import type { Endpoint } from "./check-url.ts";
import { decodeManifest, type ManifestFlaw } from "./decode-manifest.ts";
import type { DispatchResult } from "./dispatch-result.ts";
import type { Patience } from "./exchange.ts";
import { signRequest } from "./signed-request.ts";

export interface InspectParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly appClient: Pick<AppClient, "call">;
}

export interface InspectTarget {
  readonly app: string;
  readonly endpoint: Pick<Endpoint, "url" | "origin" | "path">;
  readonly signingKeys: readonly SigningKey[];
  readonly replyKeys: readonly SigningKey[];
}

export type Inspected =
  | { readonly ok: true; readonly manifest: Manifest }
  | {
      readonly ok: false;
      /** How the exchange ended, or what was wrong with the manifest it brought. */
      readonly code: ManifestFlaw | "refused" | FailedExchange["reason"];
      /** What happened and what to do, for the person who syncs. */
      readonly detail: string;
    };

type FailedExchange = Extract<DispatchResult, { kind: "never-arrived" | "broken" }>;

/** Asks an app for its functions. That its answer is signed proves that both sides know the same secret. */
export async function inspectApp(parts: InspectParts, target: InspectTarget): Promise<Inspected> {
  const body = JSON.stringify({ type: "inspect", app: target.app });
  const request = signRequest(parts, target.signingKeys, body, newTraceparent(parts.random));
  const result = await parts.appClient.call(target.endpoint, request, target.replyKeys, PATIENCE);
  if (result.kind === "answer") return decodeManifest(result.body, target);
  const code = result.kind === "refused" ? "refused" : result.reason;
  return {
    ok: false,
    code,
    detail: `${adviceOn(result, target)} (${target.endpoint.url}: ${result.detail})`,
  };
}

export interface RouteFlaw {
  readonly detail: string;
  /** It did not even say no. */
  readonly isSilent: boolean;
}

/** Whether anything signed comes from there, whatever it says: null when it does. No run and no user code is touched. */
export async function askRoute(parts: InspectParts, target: InspectTarget): Promise<RouteFlaw | null> {
  const inspected = await inspectApp(parts, target);
  if (inspected.ok || inspected.code in MANIFEST_FLAWS) return null;
  return {
    detail: inspected.detail,
    isSilent: inspected.code === "timeout" || inspected.code === "connect-timeout",
  };
}

const MANIFEST_FLAWS: Record<ManifestFlaw, true> = {
  "not-json": true,
  "invalid-manifest": true,
  "wrong-protocol": true,
  "wrong-app": true,
};

/** A person waits for it, and no user code runs. */
const PATIENCE: Patience = { totalMs: 10_000, firstByteMs: 10_000, idleMs: 5_000 };

function adviceOn(
  result: Exclude<DispatchResult, { kind: "answer" }>,
  { app, endpoint }: InspectTarget,
): string {
  if (result.kind === "refused")
    return adviceOnStatus(result.status, result.problem?.type ?? "", app, endpoint);
  switch (result.reason) {
    case "refused":
      return "The app could not be reached. Is it running, and does it listen on this host and port?";
    case "dns":
      return "The host name in the URL could not be resolved. Check its spelling, and that this machine's DNS knows it.";
    case "tls":
      return "The app's TLS certificate was not accepted. Renew it or install its full chain; for plain http in development use an http:// URL.";
    case "unsafe-address":
      return "The engine does not call this address.";
    case "connect-timeout":
      return "The app's host does not accept connections. Check the port and the firewalls in between.";
    case "deployment":
      return "This deployment is gone. Sync the one that is there.";
    case "frozen":
      return "It does not answer, and is not asked before its next probe.";
    case "shutdown":
      return "The engine was shutting down. Sync once more.";
    case "hung-up":
      return "The engine hung up. Sync once more.";
    case "unsigned":
      return `Something answers at this URL, but it is not the handler of a Durable app. Check the path (usually /api/durable) and that no login page or proxy stands before it.`;
    case "bad-signature":
      return "The app signs with another secret than this workspace's. Set DURABLE_SECRET in the app to a secret of this workspace and restart it.";
    case "wrong-id":
      return "The app answered another request than it was asked. Does a cache stand before it? POST requests must not be cached.";
    case "stale-timestamp":
      return "The clocks of the app and the engine are more than 300 s apart. Set both by NTP.";
    case "redirect":
      return "The app redirects. Sync the URL it redirects to; redirects are never followed.";
    case "encoded":
      return "The app's server compresses its replies. Switch compression off for this route.";
    case "too-large":
      return "The app's manifest is too large.";
    case "timeout":
    case "silent":
      return "The app accepted the request but did not answer in time. Is it still starting, or does its handler hang?";
    case "bad-status":
      return (result.status ?? 0) >= 500
        ? "The app failed while it answered. Look into its log."
        : "The app answered with a status a Durable handler never uses. Check the path (usually /api/durable).";
    case "reset":
    case "malformed-http":
      return "The connection broke off. Is this the port of an HTTP server, and did the app crash while it answered?";
  }
}

function adviceOnStatus(
  status: number,
  problemType: string,
  app: string,
  endpoint: InspectTarget["endpoint"],
): string {
  const isDurable = problemType.startsWith("urn:durable:");
  switch (status) {
    case 401:
    case 403:
      return isDurable
        ? "The app does not accept this engine's signature. Set DURABLE_SECRET in the app to a secret of this workspace, restart it, and check both clocks."
        : "Something before the app asks for a login. Let requests to this path through; they are signed.";
    case 404:
      return isDurable
        ? `The handler at this URL serves another app than "${app}". Check the name given to serve() or DURABLE_APP.`
        : `Nothing is served at ${endpoint.path}. Check the path (usually /api/durable).`;
    case 405:
      return `${endpoint.path} does not take POST. Mount the handler for POST as well.`;
    case 415:
      return "The app speaks another version of the protocol. Update its SDK or this engine, whichever is older.";
    case 413:
      return "The app's server refuses bodies of this size. Raise its limit for this route.";
    case 429:
    case 503:
      return "The app is busy or draining. Sync again in a moment.";
    default:
      return "The app refused to describe itself.";
  }
}

/** W3C Trace Context: a trace of its own, marked as not sampled. */
export function newTraceparent(random: Random): string {
  const digits = () => random.uuid().replaceAll("-", "");
  return `00-${digits()}-${digits().slice(0, 16)}-00`;
}
