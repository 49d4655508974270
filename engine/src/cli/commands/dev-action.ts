import { join } from "node:path";
import { VERSION } from "../../version.ts";
import { usageError } from "../cli-error.ts";
import { type Config, readConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { type AppNews, AppWatcher } from "../discovery/app-watcher.ts";
import { PATH, PORTS } from "../discovery/places.ts";
import { terminalLog } from "../log.ts";
import { runUntilStopped } from "../run-until-stopped.ts";
import { type RunningEngine, startEngine } from "../start-engine.ts";
import { apiOf, value } from "../target.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";

export interface DevFlags {
  readonly port?: string;
  readonly dataDir?: string;
  readonly app: readonly string[];
  readonly discovery: boolean;
  readonly json?: true;
}

export async function runDev(context: Context, flags: DevFlags): Promise<void> {
  const startedAtMs = performance.now();
  const config = readConfig("dev", context.environment, flags);
  requireLoopback(config);
  const urls = flags.app.map(appUrl);
  const engine = await startEngine(config, terminalLog(context.environment));
  const url = `http://localhost:${engine.port}`;
  if (flags.json) context.say(JSON.stringify({ at: "ready", url, port: engine.port, pid: process.pid }));
  else
    for (const line of facts(context, config, engine, flags, performance.now() - startedAtMs))
      context.say(line);

  const env = value(context.environment, "DURABLE_ENV") ?? "dev";
  const watcher = new AppWatcher({
    api: await apiOf({ url }, context.environment, config.adminToken),
    env,
    urls,
    ports: flags.discovery ? PORTS.filter((port) => port !== engine.port) : [],
    tell: (news) =>
      context.say(flags.json ? JSON.stringify({ at: "app", ...news }) : newsLine(context, news, env)),
  });
  const stopped = runUntilStopped({
    say: context.note,
    stop: () => {
      watcher.stop();
      return engine.stop();
    },
  });
  await watcher.start();
  context.exitCode = await stopped;
}

function requireLoopback({ host }: Config): void {
  if (/^(localhost|127(\.\d{1,3}){3}|::1)$/.test(host)) return;
  throw usageError(
    `DURABLE_HOST is ${JSON.stringify(host)}, but \`durable dev\` has no keys and therefore listens on this machine only; ` +
      "leave it out, or use `durable start` with an admin token.",
  );
}

function appUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usageError(
      `--app is ${JSON.stringify(text)}; allowed is an address like http://localhost:3000${PATH}.`,
    );
  }
  if (url.pathname === "/") url.pathname = PATH;
  return url.href;
}

function facts(
  context: Context,
  config: Config,
  engine: RunningEngine,
  flags: DevFlags,
  tookMs: number,
): string[] {
  const { bold, dim, cyan } = context.paint;
  const database =
    engine.postgres === null
      ? "yours, from DURABLE_DATABASE_URL"
      : `embedded Postgres, kept in ${join(config.dataDir, "pgdata")}${engine.postgres.adopted ? " (shared with an engine that runs already)" : ""}`;
  const apps = [
    ...(flags.discovery ? [`looked for at localhost, ports ${PORTS.join(" ")}, path ${PATH}`] : []),
    ...flags.app,
  ];
  return [
    `${bold("Durable")} ${VERSION}, development: no keys, reachable from this machine only`,
    `  ${dim("dashboard")}  ${cyan(`http://localhost:${engine.port}`)}`,
    `  ${dim("database")}   ${database}`,
    `  ${dim("apps")}       ${apps.join("; ") || "none are looked for (--no-discovery); name one with --app URL"}`,
    `Ready in ${formatDuration(tookMs)}. Ctrl-C stops.`,
  ];
}

function newsLine({ paint }: Context, news: AppNews, environment: string): string {
  const mark = {
    found: paint.green("+"),
    changed: paint.cyan("~"),
    back: paint.green("+"),
    gone: paint.yellow("-"),
    refused: paint.red("!"),
    departed: paint.yellow("!"),
  };
  const head = `${mark[news.change]} app ${paint.bold(news.app)} (${environment}) at ${news.url}: ${news.text}`;
  return [head, ...news.details.map((detail) => `    ${oneLine(detail)}`)].join("\n");
}
