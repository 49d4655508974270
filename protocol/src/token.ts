// A token lets anybody who has it complete one wait of one run. It is made by an app without asking the engine, so it
// names its workspace, and it is sealed with the workspace's secret, so nobody else can make one.
import { decodeUrl, encodeUrl, isSealOf, sealOf } from "./seal.ts";
import { type SigningKey, tokenKeyOf } from "./secret.ts";

/** What a token names. `key` is the key of the signal it sends: the same under every secret. */
export interface TokenSubject {
  readonly app: string;
  readonly env: string;
  readonly key: string;
}

const SEALED_AS = "token";
/** base64url of the subject, a dot, base64url of 32 bytes. */
const TOKEN = /^([A-Za-z0-9_-]{1,800})\.([A-Za-z0-9_-]{43})$/;
const SUBJECT = /^([^/]+)\/([^/]+)\/([\x21-\x7e]{1,200})$/;

/** The key of a run's token: `run` and the hash of the token's name. */
export function tokenSignalKey(runId: string, nameId: string): string {
  return `token/${runId}/${nameId}`;
}

/** @param secret A signing secret of the workspace. Everything in the subject is plain ASCII. */
export function makeToken(secret: SigningKey, { app, env, key }: TokenSubject): string {
  const subject = encodeUrl(`${app}/${env}/${key}`);
  return `${subject}.${sealOf(tokenKeyOf(secret), SEALED_AS, subject)}`;
}

/** What a token says it is for, believed only after `isSealed`. Null for what is no token. */
export function readToken(token: string): TokenSubject | null {
  const subject = TOKEN.exec(token)?.[1];
  if (subject === undefined) return null;
  const [, app, env, key] = SUBJECT.exec(decodeUrl(subject)) ?? [];
  return app === undefined ? null : { app, env: env!, key: key! };
}

/** Whether the token was made with one of these secrets. */
export function isSealed(secrets: readonly SigningKey[], token: string): boolean {
  const [, subject, seal] = TOKEN.exec(token) ?? [];
  if (subject === undefined) return false;
  return isSealOf(secrets.map(tokenKeyOf), SEALED_AS, subject, seal!);
}
