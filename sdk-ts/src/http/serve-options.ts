import type { Duration } from "../duration.ts";
import type { DurableFunction } from "../function.ts";
import type { SecretOption } from "./secrets.ts";

/** What an app serves. */
export interface ServeOptions {
  /** The app's name; the engine repeats it in every request. */
  readonly app: string;
  /** All that the engine may call here, each with an id of its own. */
  readonly functions: readonly DurableFunction[];
  /** Default: `DURABLE_SECRET`, several separated by spaces while they rotate. */
  readonly secret?: SecretOption | undefined;
  /** How long one request may take here from its last heartbeat on, e.g. "60s"; say what your host allows. */
  readonly maxDuration?: Duration | undefined;
  /**
   * What this deployment of the app is called, another name for each. Default: `DURABLE_DEPLOYMENT`, or what the host
   * sets: Vercel, Railway, Deno Deploy, Cloud Run (its revision), Render and Heroku (the commit).
   */
  readonly deployment?: string | undefined;
  /**
   * Whether what the code of a step prints with `console` is kept with the run too, as `step.log` is. Default: true,
   * where the runtime can tell whose code prints (Node, Deno, Bun). Either way it is printed.
   */
  readonly captureConsole?: boolean | undefined;
}
