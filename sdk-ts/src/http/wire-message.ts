import type { OpenRequest } from "./open-request.ts";

/** A request as an adapter hands it in. */
export interface WireRequest {
  readonly method: string;
  /** By its lower-case name. */
  header(name: string): string | null | undefined;
  /** Exactly the bytes received: the signature is over them. */
  readonly body: Uint8Array | string;
  /** Who is at the other end of the socket, where the runtime says it. */
  readonly remoteAddress?: string | undefined;
  /** Aborted when whoever asked has hung up. Called only by code that wants to know. */
  readonly hangUp?: (() => AbortSignal) | undefined;
  /** Where the body stays open after its first line, which is `body` then. */
  readonly open?: OpenRequest | undefined;
  /** How long the host lets this request take from now on, where it says so. */
  readonly timeLeftMs?: number | undefined;
}

/** One whose body is all there. */
export type WholeRequest = WireRequest & { readonly open?: undefined };

/** An answer for an adapter to write. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
