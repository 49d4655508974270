// A run token gives somebody who is not of the house sight of one run: an end user's page that shows how far an order is. An
// app makes it without asking the engine, so it names its workspace, and it is sealed with the workspace's secret.
import { decodeUrl, encodeUrl, isSealOf, sealOf } from "./seal.ts";
import { runTokenKeyOf, type SigningKey } from "./secret.ts";

/** Secret scanners and people recognise it by its beginning. */
export const RUN_TOKEN_PREFIX = "drt_";
/** What a token can show. Nothing else of a run is ever shown for one. */
export const RUN_FIELDS = ["status", "state", "progress", "steps", "output", "failure"] as const;
export type RunField = (typeof RUN_FIELDS)[number];

/** What a token says. It is no secret from who carries it. */
export interface RunGrant {
  readonly app: string;
  readonly env: string;
  readonly run: string;
  readonly fields: readonly RunField[];
  /** Until when, in seconds since 1970. */
  readonly until: number;
}

const SEALED_AS = "run-token";
/** The prefix, base64url of the grant, a dot, the seal. */
const TOKEN = /^drt_([A-Za-z0-9_-]{1,1000})\.([A-Za-z0-9_-]{43})$/;

/** @param secret A signing secret of the workspace. Everything in the grant is plain ASCII. */
export function makeRunToken(secret: SigningKey, { app, env, run, fields, until }: RunGrant): string {
  const grant = encodeUrl(JSON.stringify({ app, env, run, fields, until }));
  return `${RUN_TOKEN_PREFIX}${grant}.${sealOf(runTokenKeyOf(secret), SEALED_AS, grant)}`;
}

/** What a token says of itself, believed only after `isRunTokenSealed`. Null for what is no token. */
export function readRunToken(token: string): RunGrant | null {
  const grant = TOKEN.exec(token)?.[1];
  if (grant === undefined) return null;
  try {
    const said: unknown = JSON.parse(decodeUrl(grant));
    return isGrant(said) ? said : null;
  } catch {
    return null;
  }
}

/** Whether the token was made with one of these secrets. It does not look at the clock. */
export function isRunTokenSealed(secrets: readonly SigningKey[], token: string): boolean {
  const [, grant, seal] = TOKEN.exec(token) ?? [];
  return grant !== undefined && isSealOf(secrets.map(runTokenKeyOf), SEALED_AS, grant, seal!);
}

function isGrant(said: unknown): said is RunGrant {
  if (typeof said !== "object" || said === null) return false;
  const { app, env, run, fields, until } = said as Record<string, unknown>;
  const isNamed = [app, env, run].every((name) => typeof name === "string");
  return isNamed && Number.isSafeInteger(until) && Array.isArray(fields) && fields.every(isField);
}

function isField(name: unknown): name is RunField {
  return (RUN_FIELDS as readonly unknown[]).includes(name);
}
