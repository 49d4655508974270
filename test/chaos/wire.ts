import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** What a wire does to bytes while a fault lasts. */
export type Disturbance =
  | { readonly kind: "none" }
  /** Each connection breaks after this many more bytes, either way: in the middle of a statement, a head, a body. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Bytes vanish and the connection stays open: a cable that was pulled. */
  | { readonly kind: "black-hole" }
  | { readonly kind: "delay"; readonly ms: number }
  /** What the client says arrives late, in order, when the fault ends: a statement that outlives its engine's lease. */
  | { readonly kind: "hold" }
  /** What the server answers never arrives; then the connection breaks. The deed is done, nobody knows. */
  | { readonly kind: "drop-answer" }
  /** Every piece of an answer arrives twice. */
  | { readonly kind: "duplicate-answer" };

const NONE: Disturbance = { kind: "none" };

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Lost bytes leave a stream that is good for nothing: it is broken when the fault ends. */
  isSpoiled: boolean;
  held: Buffer[];
  bytes: number;
}

/** A wire between two processes, with a pair of scissors. */
export class Wire {
  readonly port: number;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #disturbed: (kind: Disturbance["kind"]) => void;
  readonly #pairs = new Set<Pair>();
  #disturbance: Disturbance = NONE;

  private constructor(server: Server, targetPort: number, disturbed: (kind: Disturbance["kind"]) => void) {
    this.#server = server;
    this.#targetPort = targetPort;
    this.#disturbed = disturbed;
    this.port = (server.address() as { port: number }).port;
    server.on("connection", (client) => this.#accept(client));
  }

  /** `disturbed` is called for every connection cut and every answer dropped or doubled. */
  static async open(targetPort: number, disturbed: (kind: Disturbance["kind"]) => void): Promise<Wire> {
    const server = createServer({ noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Wire(server, targetPort, disturbed);
  }

  get isWhole(): boolean {
    return this.#disturbance.kind === "none";
  }

  disturb(disturbance: Disturbance): void {
    this.#disturbance = disturbance;
    for (const pair of this.#pairs) pair.bytes = 0;
  }

  /** Ends the fault; connections that lost bytes break now. */
  heal(): void {
    this.#disturbance = NONE;
    for (const pair of this.#pairs) {
      if (pair.held.length > 0) this.#disturbed("hold");
      for (const bytes of pair.held.splice(0)) this.#write(bytes, pair.client, pair.server);
      if (pair.isSpoiled) this.#break(pair);
    }
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) this.#break(pair);
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: Socket): void {
    const server = connect({ port: this.#targetPort, host: "127.0.0.1", noDelay: true });
    const pair: Pair = { client, server, isSpoiled: false, held: [], bytes: 0 };
    this.#pairs.add(pair);
    client.on("data", (bytes) => this.#pass(pair, bytes, client, server, false));
    server.on("data", (bytes) => this.#pass(pair, bytes, server, client, true));
    for (const socket of [client, server]) {
      socket.on("error", () => this.#break(pair));
      socket.on("close", () => this.#break(pair));
    }
  }

  #pass(pair: Pair, bytes: Buffer, from: Socket, to: Socket, isAnswer: boolean): void {
    const disturbance = this.#disturbance;
    switch (disturbance.kind) {
      case "delay":
        setTimeout(() => this.#write(bytes, from, to), disturbance.ms);
        return;
      case "cut":
        pair.bytes += bytes.length;
        if (pair.bytes < disturbance.afterBytes) break;
        this.#disturbed("cut");
        to.end(bytes.subarray(0, Math.max(0, bytes.length - (pair.bytes - disturbance.afterBytes))));
        this.#break(pair);
        return;
      case "black-hole":
        pair.isSpoiled = true;
        return;
      case "hold":
        if (isAnswer) break;
        pair.held.push(bytes);
        return;
      case "drop-answer":
        if (!isAnswer) break;
        this.#disturbed("drop-answer");
        this.#break(pair);
        return;
      case "duplicate-answer":
        if (!isAnswer) break;
        this.#disturbed("duplicate-answer");
        pair.isSpoiled = true;
        this.#write(Buffer.concat([bytes, bytes]), from, to);
        return;
    }
    this.#write(bytes, from, to);
  }

  #write(bytes: Buffer, from: Socket, to: Socket): void {
    if (to.destroyed || to.write(bytes)) return;
    from.pause();
    to.once("drain", () => from.resume());
  }

  #break(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    pair.client.destroy();
    pair.server.destroy();
  }
}
