import { createServer } from "node:net";

/** The first port from `first` on that nobody listens on. */
export async function freePortFrom(first: number, tries = 40): Promise<number> {
  for (let port = first; port < first + tries && port <= 65_535; port += 1)
    if (await isFree(port)) return port;
  return 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
