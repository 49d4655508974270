/** What comes next on a request whose body stays open. */
export type OpenRequestPiece =
  | { readonly kind: "line"; readonly line: Uint8Array }
  /** The engine says no more on it, and still waits for the answer. */
  | { readonly kind: "ended" }
  /** The connection is gone: nobody waits for the answer any more. */
  | { readonly kind: "broken" };

/** A request whose body stays open, and its answer, which may begin before its end: made by adapters of servers that can do both at once. */
export interface OpenRequest {
  /** False once the engine says no more on it. */
  readonly isOpen: boolean;
  /** The next line, without its end. Never two calls at once. */
  next(): Promise<OpenRequestPiece>;
  /** Status 200 and these headers; what is written goes out at once. */
  begin(headers: Readonly<Record<string, string>>): void;
  write(text: string): void;
  /** The answer ends with this. Not before the request does, or some clients give the connection up. */
  end(text: string): void;
  /** Ends without an end: whoever asked learns that this is no answer. */
  abort(): void;
}

/** The message itself, or null when it is larger than any may be, or nobody waits for its answer. */
export async function firstLine(open: OpenRequest): Promise<Uint8Array | null> {
  const piece = await open.next();
  if (piece.kind === "line") return piece.line;
  return piece.kind === "ended" ? new Uint8Array() : null;
}
