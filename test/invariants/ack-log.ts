import { LogFile } from "./log-file.ts";

/** What a client was told, written by the client itself: the oracle for "nothing acknowledged is ever lost". */
export interface AckedEvent {
  /** The id the client gave, or null. */
  readonly id: string | null;
  readonly name: string;
  /** Of the data as it was sent. */
  readonly sha256: string;
}

export type AckLine =
  | {
      readonly kind: "send";
      /** Epoch milliseconds at which the answer came, or was given up. */
      readonly t: number;
      readonly app: string;
      readonly env: string;
      /** Events of one request are stored all or none. The number is the same when the request is repeated. */
      readonly request: string;
      /** HTTP status; 0 when there was no answer. */
      readonly status: number;
      readonly events: readonly AckedEvent[];
    }
  | {
      readonly kind: "cancel";
      readonly t: number;
      readonly run: string;
      readonly status: number;
      /** The run's status as answered. */
      readonly answer: string | null;
    }
  | {
      /** Events for one function with limits, all acknowledged; in this order, those of a burst in any. */
      readonly kind: "story";
      readonly t: number;
      readonly app: string;
      readonly fn: string;
      readonly ids: readonly string[];
    }
  | {
      /** Something was paused from the answer that said so until somebody asked to resume it. */
      readonly kind: "pause";
      readonly t: number;
      readonly app: string;
      readonly env: string;
      readonly from: number;
      readonly to: number;
      /** How many jobs it held at its end. */
      readonly held: number;
      /** Nothing: the whole workspace. `limit`: the id of that whose key is a region. */
      readonly target: {
        readonly function?: string;
        readonly tenant?: string;
        readonly limit?: string;
        readonly region?: string;
      };
    };

export class AckLog {
  readonly #file: LogFile<AckLine>;

  constructor(path: string) {
    this.#file = new LogFile(path);
  }

  /** Everything written so far. Read it before the database: what is in it must already be there. */
  read(): readonly AckLine[] {
    return this.#file.read();
  }
}
