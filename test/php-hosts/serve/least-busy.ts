import { Agent, createServer, request, type Server } from "node:http";

/**
 * Hands each request to the process that has the fewest. `php -S` answers one at a time, and its own workers queue what comes
 * behind a slow request while others are idle.
 * @param isUp Those that are not get none; when there is none left the connection breaks.
 */
export function leastBusy(ports: readonly number[], isUp: (port: number) => boolean = () => true): Server {
  const workers = ports.map((port) => ({ port, open: 0 }));
  const agent = new Agent({ keepAlive: false });
  return createServer((incoming, answer) => {
    const [worker] = workers.filter(({ port }) => isUp(port)).sort((a, b) => a.open - b.open);
    if (worker === undefined) return void answer.destroy();
    worker.open += 1;
    answer.once("close", () => {
      worker.open -= 1;
    });
    const { method, url: path, headers } = incoming;
    const passed = request(
      { host: "127.0.0.1", port: worker.port, method, path, headers, agent },
      (reply) => {
        answer.writeHead(reply.statusCode!, reply.headers);
        reply.pipe(answer);
        // An answer that breaks off stays one that breaks off.
        reply.once("error", () => answer.destroy());
      },
    );
    passed.once("error", () => answer.destroy());
    incoming.pipe(passed);
    answer.once("close", () => passed.destroy());
  });
}
