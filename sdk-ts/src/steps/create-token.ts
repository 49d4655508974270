import { makeToken, type SigningKey, stepId, tokenSignalKey } from "@durable/protocol/wire";
import { engineUrl } from "../dev-mode.ts";
import { NonRetriableError } from "../errors.ts";
import { environment } from "../runtime/environment.ts";

/** What somebody outside completes a wait with. */
export interface Token {
  /** Hand it to `step.waitForSignal(name, { token })`. */
  readonly token: string;
  /** Whoever sends a POST here, with any JSON, completes the token. Once. */
  readonly url: string;
}

/**
 * `step.createToken(name)`: a secret for whoever shall complete a wait of this run, and the URL for it. It is no step:
 * nothing is asked or stored, and the same name gives the same token. The URL begins with `DURABLE_PUBLIC_URL`, where
 * people outside reach the engine, else with `DURABLE_URL`.
 */
export type CreateToken = (name: string) => Token;

/** Whose tokens are made: the run's, sealed with the secret that the engine called with. */
export interface TokenMaker {
  readonly app: string;
  readonly env: string | undefined;
  readonly runId: string;
  readonly secret: SigningKey | undefined;
  /** Where this app reaches the engine; null where nobody said. */
  readonly engineUrl: string | null;
  /** Why it makes none. */
  readonly refusal?: string;
}

export function makeCreateToken({ app, env, runId, secret, refusal, ...way }: TokenMaker): CreateToken {
  return (name) => {
    if (typeof name !== "string" || name === "") {
      throw new NonRetriableError("step.createToken needs a name, which tells the tokens of a run apart.");
    }
    if (refusal !== undefined) throw new NonRetriableError(`Token ${JSON.stringify(name)}: ${refusal}`);
    if (env === undefined || secret === undefined) {
      throw new NonRetriableError(
        `Token ${JSON.stringify(name)}: the engine does not say its environment. Update the engine.`,
      );
    }
    const key = tokenSignalKey(runId, stepId("token", name, 0));
    const token = makeToken(secret, { app, env, key });
    const base = (environment("DURABLE_PUBLIC_URL") ?? way.engineUrl ?? engineUrl()).replace(/\/$/, "");
    return { token, url: `${base}/v1/tokens/${token}` };
  };
}
