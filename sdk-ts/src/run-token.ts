import {
  makeRunToken,
  RUN_FIELDS,
  RUN_TOKEN_S_DEFAULT,
  RUN_TOKEN_S_MAX,
  type RunField,
  type SigningKey,
} from "@durable/protocol/wire";
import { type Duration, durationMs } from "./duration.ts";
import { shown } from "./options.ts";

/** What a run token shows, and for how long. */
export interface RunTokenOptions {
  /** `status`, `state`, `progress`, `steps`, `output`, `failure`: these and nothing else. */
  readonly fields: readonly RunField[];
  /** From now on, up to 7 days; default an hour. */
  readonly expiresIn?: Duration | undefined;
}

/** Hand it to the page of whoever shall see the run, and there to `watchRun` of `@durable/sdk/browser`. */
export interface RunToken {
  readonly token: string;
  /** Where the run is watched. It begins with `DURABLE_PUBLIC_URL`, where people outside reach the engine. */
  readonly url: string;
  /** RFC 3339, UTC. */
  readonly expiresAt: string;
}

/** Whose token is made. */
export interface TokenSubject {
  readonly app: string;
  readonly env: string;
  readonly run: string;
  readonly secret: SigningKey | null;
}

/** @throws TypeError for fields and times that no token has; Error without a secret. */
export function sealRunToken(
  { app, env, run, secret }: TokenSubject,
  { fields, expiresIn }: RunTokenOptions,
): Pick<RunToken, "token" | "expiresAt"> {
  const unknown = fields.find((field) => !RUN_FIELDS.includes(field));
  if (unknown !== undefined || fields.length === 0) {
    const given = unknown === undefined ? "shows nothing" : `cannot show ${shown(unknown)}`;
    throw new TypeError(`A run token ${given}; fields are some of ${RUN_FIELDS.join(", ")}.`);
  }
  const seconds = expiresIn === undefined ? RUN_TOKEN_S_DEFAULT : Math.floor(durationMs(expiresIn) / 1000);
  if (seconds < 1 || seconds > RUN_TOKEN_S_MAX) {
    throw new TypeError(`A run token lasts 1 second to 7 days; expiresIn is ${shown(expiresIn)}.`);
  }
  if (secret === null) {
    throw new Error(
      "A run token is sealed with the app's signing secret, and there is none. Set DURABLE_SECRET, or `secret`.",
    );
  }
  const until = Math.floor(Date.now() / 1000) + seconds;
  return {
    token: makeRunToken(secret, { app, env, run, fields: [...new Set(fields)], until }),
    expiresAt: new Date(until * 1000).toISOString(),
  };
}
