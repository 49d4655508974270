import { connect, type Socket } from "node:net";

/** What no HTTP library would send: bytes as given, and what came back until the other side closed. */
export class RawSocket {
  readonly #socket: Socket;
  #received = "";
  readonly closed: Promise<string>;

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1").setEncoding("utf8");
    this.#socket.on("data", (text) => {
      this.#received += text;
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on("error", () => {});
      this.#socket.on("close", () => resolve(this.#received));
    });
  }

  get received(): string {
    return this.#received;
  }

  write(text: string | Uint8Array): this {
    this.#socket.write(text);
    return this;
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** The status lines of everything that came back, in order. */
export function statusesOf(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) [A-Z]/g)].map((match) => Number(match[1]));
}
