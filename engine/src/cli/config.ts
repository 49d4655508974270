import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { EngineConfig } from "../engine.ts";
import { usageError } from "./cli-error.ts";
import type { Environment } from "./context.ts";
import { ROLES, type Role } from "./roles.ts";

// The environment becomes one frozen Config, once, at the start. Nothing else of the engine reads process.env.

export interface Config
  extends Pick<
    EngineConfig,
    | "mode"
    | "host"
    | "port"
    | "adminToken"
    | "metricsToken"
    | "encryptionKeys"
    | "leaseMs"
    | "pollMs"
    | "slots"
    | "streams"
    | "telemetry"
  > {
  /** null: the embedded Postgres, in `<dataDir>/pgdata`. Only in dev. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly egress: Required<EngineConfig["egress"]>;
  readonly roles: readonly Role[];
}

const ADMIN_TOKEN_LENGTH_MIN = 32;
const ENGINE_KEY_BYTES = 32;

const wholeNumber = (from: number, to: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(from).max(to));
const cidr = z.union([z.cidrv4(), z.cidrv6()]);
const httpUrl = z.url({ protocol: /^https?$/ });
const yesOrNo = z.enum(["true", "false", "1", "0"]).transform((text) => text === "true" || text === "1");

/** Every variable the engine reads: how it is checked, and the words for what is allowed. */
const VARIABLES = {
  DURABLE_DATABASE_URL: [
    z.url({ protocol: /^postgres(ql)?$/ }),
    "a URL like postgres://user:password@host:5432/name",
  ],
  DURABLE_DATA_DIR: [z.string(), "a folder"],
  DURABLE_HOST: [z.string(), "a host name or an address to listen on"],
  DURABLE_PORT: [wholeNumber(0, 65_535), "a whole number from 0 (any free port) to 65535"],
  DURABLE_ADMIN_TOKEN: [
    z.string().min(ADMIN_TOKEN_LENGTH_MIN),
    `${ADMIN_TOKEN_LENGTH_MIN} characters or more`,
  ],
  DURABLE_METRICS_TOKEN: [
    z.string().min(ADMIN_TOKEN_LENGTH_MIN),
    `${ADMIN_TOKEN_LENGTH_MIN} characters or more`,
  ],
  DURABLE_ENCRYPTION_KEY: [
    z
      .string()
      .transform((text) => text.split(/[\s,]+/).map((key) => Buffer.from(key, "base64")))
      .refine((keys) => keys.every(({ length }) => length === ENGINE_KEY_BYTES)),
    "32 bytes in base64 (`openssl rand -base64 32`), or several of them, separated by spaces, while you rotate",
  ],
  DURABLE_LEASE_MS: [wholeNumber(1_000, 600_000), "a whole number of milliseconds from 1000 to 600000"],
  DURABLE_POLL_MS: [wholeNumber(10, 60_000), "a whole number of milliseconds from 10 to 60000"],
  DURABLE_SLOTS: [wholeNumber(1, 10_000), "a whole number from 1 to 10000"],
  DURABLE_STREAMS: [yesOrNo, "true or false"],
  DURABLE_ALLOW_LOOPBACK: [yesOrNo, "true or false"],
  DURABLE_ALLOW_PLAIN_HTTP: [yesOrNo, "true or false"],
  DURABLE_ALLOWED_NETWORKS: [
    z
      .string()
      .transform((text) => text.split(",").map((network) => network.trim()))
      .pipe(z.array(cidr)),
    "networks as in 10.20.0.0/16, separated by commas",
  ],
  OTEL_EXPORTER_OTLP_ENDPOINT: [httpUrl, "an http or https URL; traces go to /v1/traces below it"],
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: [httpUrl, "an http or https URL, which traces are posted to as it is"],
  OTEL_EXPORTER_OTLP_HEADERS: [
    z.string().transform(headersOf).pipe(z.record(z.string(), z.string())),
    "headers as in api-key=secret,tenant=shop, with values in percent-encoding",
  ],
  OTEL_SERVICE_NAME: [z.string(), "a name"],
} as const satisfies Record<string, readonly [z.ZodType, string]>;

type Variable = keyof typeof VARIABLES;
type Value<V extends Variable> = z.output<(typeof VARIABLES)[V][0]>;

/** What the command line says wins over the environment. */
export interface Flags {
  readonly port?: string;
  readonly host?: string;
  readonly dataDir?: string;
  readonly role?: string;
}

export function readConfig(mode: Config["mode"], environment: Environment, flags: Flags = {}): Config {
  const read = <V extends Variable>(
    name: V,
    flag?: { name: string; value: string | undefined },
  ): Value<V> | undefined => {
    const [schema, allowed] = VARIABLES[name];
    const fromFlag = flag?.value !== undefined;
    const text = fromFlag ? flag.value : environment[name]?.trim();
    if (text === undefined || text === "") return undefined;
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data as Value<V>;
    throw usageError(`${fromFlag ? flag.name : name} is ${shown(name, text)}; allowed is ${allowed}.`);
  };
  const isDev = mode === "dev";
  return Object.freeze({
    mode,
    databaseUrl: read("DURABLE_DATABASE_URL") ?? null,
    dataDir: folder(read("DURABLE_DATA_DIR", { name: "--data-dir", value: flags.dataDir }) ?? "~/.durable"),
    host: read("DURABLE_HOST", { name: "--host", value: flags.host }) ?? (isDev ? "127.0.0.1" : "0.0.0.0"),
    port: read("DURABLE_PORT", { name: "--port", value: flags.port }) ?? 4400,
    adminToken: read("DURABLE_ADMIN_TOKEN") ?? null,
    metricsToken: read("DURABLE_METRICS_TOKEN") ?? null,
    encryptionKeys: read("DURABLE_ENCRYPTION_KEY") ?? [],
    leaseMs: read("DURABLE_LEASE_MS") ?? 5_000,
    pollMs: read("DURABLE_POLL_MS") ?? 500,
    slots: read("DURABLE_SLOTS") ?? 512,
    streams: read("DURABLE_STREAMS") ?? !isDev,
    egress: {
      allowLoopback: read("DURABLE_ALLOW_LOOPBACK") ?? isDev,
      allowPlainHttp: read("DURABLE_ALLOW_PLAIN_HTTP") ?? false,
      allowedNetworks: read("DURABLE_ALLOWED_NETWORKS") ?? [],
    },
    telemetry: telemetryOf({
      endpoint: read("OTEL_EXPORTER_OTLP_ENDPOINT"),
      tracesEndpoint: read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
      headers: read("OTEL_EXPORTER_OTLP_HEADERS"),
      serviceName: read("OTEL_SERVICE_NAME"),
    }),
    roles: readRoles(flags.role),
  });
}

const SECRETS: readonly Variable[] = [
  "DURABLE_ADMIN_TOKEN",
  "DURABLE_METRICS_TOKEN",
  "DURABLE_ENCRYPTION_KEY",
  "OTEL_EXPORTER_OTLP_HEADERS",
];

/** Values that are secrets, or contain one, are never repeated. */
function shown(name: Variable, text: string): string {
  if (SECRETS.includes(name)) return `${text.length} characters long`;
  if (name === "DURABLE_DATABASE_URL") return "not a Postgres URL";
  if (name.endsWith("_ENDPOINT")) return "not such a URL";
  return JSON.stringify(text);
}

/** As the environment variables of OpenTelemetry have it; null where no collector is named. */
function telemetryOf(said: {
  readonly endpoint: string | undefined;
  readonly tracesEndpoint: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly serviceName: string | undefined;
}): NonNullable<EngineConfig["telemetry"]> | null {
  const { endpoint, tracesEndpoint, headers = {}, serviceName = "durable" } = said;
  const url = tracesEndpoint ?? (endpoint === undefined ? null : `${endpoint.replace(/\/$/, "")}/v1/traces`);
  return url === null ? null : { url, headers, serviceName };
}

const HEADER = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*([\x21-\x7e]*)\s*$/;

/** Null for what is no such list. */
function headersOf(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const part of text.split(",")) {
    const [, name, value] = HEADER.exec(part) ?? [];
    if (name === undefined || value === undefined || /%(?![\da-f]{2})/i.test(value)) return null;
    headers[name.toLowerCase()] = decodeURIComponent(value);
  }
  return headers;
}

function folder(text: string): string {
  return text === "~" || text.startsWith("~/") ? join(homedir(), text.slice(1)) : resolve(text);
}

function readRoles(text: string | undefined): readonly Role[] {
  if (text === undefined) return ROLES;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !(ROLES as readonly string[]).includes(name));
  if (unknown === undefined) return Object.freeze(ROLES.filter((role) => names.includes(role)));
  throw usageError(
    `--role names ${JSON.stringify(unknown)}; allowed are ${ROLES.join(", ")}, separated by commas.`,
  );
}
