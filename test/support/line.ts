import type { AddressInfo } from "node:net";
import { createServer, connect as dial, type Socket } from "node:net";

/**
 * A line between two sides that counts what it carries and can be cut: new connections and those that stand, or only
 * what comes back, so that a request arrives and its answer does not.
 */
export async function layLine(toPort: number) {
  const pairs = new Set<Socket>();
  let bytes = 0;
  let isCut = false;
  let losesAnswer: (sent: string) => boolean = () => false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = dial(toPort, "127.0.0.1");
    let isLost = false;
    for (const socket of [near, far]) {
      pairs.add(socket);
      socket.setNoDelay(true).on("error", () => {});
      socket.on("close", () => {
        pairs.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (piece) => {
      bytes += piece.length;
      isLost ||= losesAnswer(piece.toString("latin1"));
      far.write(piece);
    });
    far.on("data", (piece) => {
      bytes += piece.length;
      if (isLost) near.destroy();
      else near.write(piece);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    for (const socket of pairs) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    /** In both directions, heads and all, since this was last asked. */
    takeBytes(): number {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
    cut(): void {
      isCut = true;
      close();
    },
    mend(): void {
      isCut = false;
    },
    /** Of requests for which this answers true the answer is lost; it sees them piece by piece. */
    loseAnswers(when: (sent: string) => boolean): void {
      losesAnswer = when;
    },
    stop(): Promise<void> {
      close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
