import { createServer } from "node:net";
import { failed } from "./cli-error.ts";
import { codeOf } from "./report-error.ts";

const ASK_MS = 1_000;

/** Said before anything is started, so that a taken port costs nobody a Postgres that starts and stops again. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const error = await tryToListen(host, port);
  if (error === null) return;
  switch (codeOf(error)) {
    case "EADDRINUSE":
      throw failed(await taken(port), error);
    case "EACCES":
      throw failed(
        `This user may not listen on port ${port}; choose one from 1024 on with DURABLE_PORT.`,
        error,
      );
    default:
      throw failed(`Cannot listen on ${host}, port ${port} (${codeOf(error)}); check DURABLE_HOST.`, error);
  }
}

function tryToListen(host: string, port: number): Promise<Error | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

async function taken(port: number): Promise<string> {
  const way = `set DURABLE_PORT to another one, for example DURABLE_PORT=${port + 1}`;
  return (await isDurable(`http://127.0.0.1:${port}`))
    ? `A Durable engine already runs at http://localhost:${port}; use that one, or stop it first, or ${way}.`
    : `Port ${port} is taken by another program; stop that, or ${way}.`;
}

export async function isDurable(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/v1/openapi.json", url), { signal: AbortSignal.timeout(ASK_MS) });
    const { info } = (await answer.json()) as { info?: { title?: string } };
    return /durable/i.test(info?.title ?? "");
  } catch {
    return false;
  }
}
