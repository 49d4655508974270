import { createServer } from "node:net";

// Below the ports that systems give to whoever asks for any: a process that was killed finds its own free when it
// comes back, also on a machine that is busy with other things.
const FIRST = 15_000;
const LAST = 31_999;

/** Whoever was given one may not have taken it yet. */
const given = new Set<number>();

/** A port nobody uses at this moment, each once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
