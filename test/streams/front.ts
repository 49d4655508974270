import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Random } from "../chaos/random.ts";

/** One address for all engines, as a load balancer has it: each connection goes to one that is up, and may be cut off. */
export class Front {
  readonly #random: Random;
  readonly #ports = new Set<number>();
  readonly #open = new Set<Socket>();
  readonly #server = createServer((socket) => this.#forward(socket));

  constructor(random: Random) {
    this.#random = random;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  add(port: number): void {
    this.#ports.add(port);
  }

  remove(port: number): void {
    this.#ports.delete(port);
  }

  /** Answers how many. */
  cut(share: number): number {
    const cut = [...this.#open].filter(() => this.#random.chance(share));
    for (const socket of cut) socket.destroy();
    return cut.length;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #forward(socket: Socket): void {
    if (this.#ports.size === 0) return void socket.destroy();
    this.#open.add(socket);
    const engine = connect(this.#random.pick([...this.#ports]), "127.0.0.1");
    socket.pipe(engine).pipe(socket);
    for (const end of [socket, engine]) {
      end.on("error", () => {});
      end.on("close", () => {
        this.#open.delete(socket);
        socket.destroy();
        engine.destroy();
      });
    }
  }
}
