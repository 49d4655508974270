import { parseArgs } from "node:util";
import { DEV_SECRET } from "@durable/protocol/wire";
import type { Level } from "./case.ts";
import { type Gaps, readGaps } from "./gaps.ts";
import { LISTEN_DEFAULT } from "./run-kit.ts";

export const USAGE = `durable-conformance <url of the app> [options]

  --start COMMAND     starts the app under test, with DURABLE_URL, DURABLE_SECRET, CONFORMANCE_CANARY and PORT
  --listen HOST:PORT  where the kit takes the app's callbacks (${LISTEN_DEFAULT.host}:${LISTEN_DEFAULT.port}); without --start,
                      start the app with DURABLE_URL=http://HOST:PORT
  --secret SECRET     default: DURABLE_SECRET, or the public secret of development
  --canary TEXT       what the app was started with as CONFORMANCE_CANARY; no answer may hold it
  --gaps FILE         JSON, case -> reason: what the SDK does not do
  --level N           only cases up to this level
  --case ID           only this one; several times, or "L0-signature*"
  --no-mutations      driven cases once, and not again under each mutation
  --json FILE         the report as JSON (- for the standard output)
  --junit FILE        the report for CI
  --badge FILE        an SVG that says the level
  --list              the cases, and nothing is run

Exit: 0 nothing failed, 1 something failed, 2 the kit could not begin.`;

export interface Options {
  readonly url: string | undefined;
  readonly list: boolean;
  readonly help: boolean;
  readonly start: string | undefined;
  readonly listen: { readonly host: string; readonly port: number };
  readonly secret: string;
  readonly canary: string | undefined;
  readonly gaps: Gaps;
  readonly level: Level;
  readonly only: readonly string[];
  readonly mutations: boolean;
  readonly json: string | undefined;
  readonly junit: string | undefined;
  readonly badge: string | undefined;
}

/** @throws Error with a sentence. */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      start: { type: "string" },
      listen: { type: "string" },
      secret: { type: "string" },
      canary: { type: "string" },
      gaps: { type: "string" },
      level: { type: "string" },
      case: { type: "string", multiple: true },
      "no-mutations": { type: "boolean" },
      json: { type: "string" },
      junit: { type: "string" },
      badge: { type: "string" },
      list: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  const { start, secret, canary, json, junit, badge } = values;
  if (positionals.length > 1) throw new Error(`One URL is enough; there are ${positionals.join(" and ")}.`);
  return {
    url: positionals[0],
    list: values.list === true,
    help: values.help === true,
    start,
    listen: values.listen === undefined ? LISTEN_DEFAULT : readListen(values.listen),
    secret: secret ?? (environment["DURABLE_SECRET"]?.trim() || DEV_SECRET),
    // With --start the kit makes one up.
    canary: canary ?? (environment["CONFORMANCE_CANARY"] || (start === undefined ? undefined : newCanary())),
    gaps: values.gaps === undefined ? {} : readGaps(values.gaps),
    level: readLevel(values.level),
    only: values.case ?? [],
    mutations: values["no-mutations"] !== true,
    json,
    junit,
    badge,
  };
}

function newCanary(): string {
  return `canary-${crypto.randomUUID()}`;
}

function readLevel(text: string | undefined): Level {
  if (text === undefined) return 2;
  if (text === "0" || text === "1" || text === "2") return Number(text) as Level;
  throw new Error(`--level is 0, 1 or 2, not ${text}.`);
}

function readListen(text: string): { host: string; port: number } {
  const [, host = LISTEN_DEFAULT.host, port] = /^(?:(.+):)?(\d+)$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new Error(`--listen is an address such as 127.0.0.1:4499, not ${text}.`);
  }
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}
