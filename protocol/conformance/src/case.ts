// What a case is. Data: nothing in it is code, so that it can be printed, and held against a real engine.

import type { Capability, Failure, MemoEntry, RunEvent, Task } from "@durable/protocol/wire";
import type { Pattern } from "./match.ts";
import type { Program } from "./program.ts";

export type Level = 0 | 1 | 2;

export const LEVELS: readonly Level[] = [0, 1, 2];

interface AnyCase {
  /** Stable: gaps are declared by it. `L0-signature-old`. */
  readonly id: string;
  readonly level: Level;
  /** The promise, as a sentence: what whoever reads a failure is told first. */
  readonly says: string;
  /** Capabilities without which the app is not asked. */
  readonly needs?: readonly Capability[];
  /** Of these, one is enough. */
  readonly needsOneOf?: readonly Capability[];
  /** After all others, with an app that is started anew where the kit starts it: it may leave the kit alone for a while after this. */
  readonly isLast?: true;
  /** The app is started with two secrets, of which the kit has the second. Only where the kit starts it. */
  readonly isRotated?: true;
}

/** What is sent word by word, and what must come back. */
export interface ScriptedCase extends AnyCase {
  readonly program?: Program;
  readonly exchanges: readonly Exchange[];
  /** Its requests follow one another as they do with an engine: engines are held to it too. */
  readonly isTranscript?: true;
  /** What the app asks of the engine meanwhile, in order. What is not in it is refused, and a flaw. */
  readonly callbacks?: readonly Callback[];
}

/** The kit keeps the journal as an engine does, to the end of the run. */
export interface DrivenCase extends AnyCase {
  readonly program: Program;
  readonly world?: World;
  readonly ends: RunEnd;
  /** How often each body ran, none left out. */
  readonly ran: Counts;
  /** In which order, where that is promised. */
  readonly inOrder?: readonly string[];
  /** How many steps there are of each name, where some run more than once. */
  readonly steps?: Counts;
  /** False where a mutation would change what is asked. */
  readonly isMutated?: false;
  /** What the whole run may cost, both ways together. */
  readonly cost?: { readonly requestsMax: number; readonly bytesMax: number };
  /** How many entries the journal has before the first request: the results of a loop at the beginning of the program. */
  readonly begun?: number;
}

export type Case = ScriptedCase | DrivenCase;

export function isDriven(each: Case): each is DrivenCase {
  return "ends" in each;
}

export type Counts = Readonly<Record<string, number>>;

/** How the request is signed. */
export type Signing =
  | "well"
  | "not at all"
  | "with another secret"
  | "with the reply key"
  | "before the body was changed"
  | "301 s ago"
  | "295 s ago"
  | "in 305 s"
  | "in 290 s"
  | "beside an old secret"
  | "beside another scheme"
  | "by another scheme alone"
  | "without padding"
  | "with a dot in the id"
  | "in a header that is too long";

export interface Exchange {
  /** Laid over the usual `invoke`. */
  readonly memo?: readonly (MemoEntry | Pattern)[];
  readonly memo_next?: string;
  readonly attempts?: Readonly<Record<string, number>>;
  readonly task?: { readonly kind: Task["kind"]; readonly step?: unknown; readonly fence?: string };
  readonly budget?: { readonly ms: number; readonly steps: number };
  readonly run?: { readonly attempt: number };
  /** Further members of the message. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Another message than an `invoke`. */
  readonly message?: Readonly<Record<string, unknown>>;
  /** Bytes that are no message. `repeat`: a text so often. */
  readonly body?: string | { readonly base64: string } | { readonly repeat: string; readonly times: number };
  /** Text put before the body and after it. */
  readonly around?: readonly [string, string];
  readonly method?: string;
  /** Null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly signed?: Signing;
  /** The request arrives twice, at once; both answers are held to the same. */
  readonly isDoubled?: true;
  /** The request stays open, and what the app tells before it answers comes on it; `whole`: the body has ended when the app sees it. */
  readonly isOpen?: true | "whole";
  /** What the engine offers. Nothing, unless told. */
  readonly offers?: readonly string[];
  /** A signed 200 with this. */
  readonly answers?: Pattern;
  readonly refused?: Refused;
  /** How often bodies have run since the case began, none left out. */
  readonly ran?: Counts;
  /** At the end of this exchange, so many callbacks have come. */
  readonly callbacks?: number;
}

export interface Refused {
  readonly status: number;
  /** Of the problem; missing where there is none. */
  readonly code?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem. */
  readonly problem?: Pattern;
  /** The body as it is. */
  readonly body?: string;
}

export type CallbackKind = "memo" | "blob" | "checkpoint" | "heartbeat" | "late";

export interface Callback {
  readonly what: CallbackKind;
  readonly asks?: Pattern;
  readonly replies: CallbackReply;
  /** How often bodies had run when it came. */
  readonly ran?: Counts;
}

export type CallbackReply =
  | {
      readonly json: unknown;
      readonly afterMs?: number;
      readonly signed?: "well" | "not at all" | "for another" | "with another secret";
    }
  | { readonly text: string }
  | { readonly status: number; readonly code: string }
  /** The line breaks. */
  | { readonly silence: true }
  /** On a request that stays open: its body ends. */
  | { readonly ends: true };

/** What happens around a run that is driven. Whatever it does not tell of does not come. */
export interface World {
  /** By the name of a wait or a signal. A wait without one is over by its time. */
  readonly comes?: Readonly<Record<string, { readonly v: unknown; readonly afterMs?: number }>>;
  /** By the name of an invoke. */
  readonly children?: Readonly<Record<string, { readonly v: unknown } | { readonly error: Failure }>>;
  /** Names of planned steps: those named are run first, in this order. */
  readonly order?: readonly string[];
  /** What started the run, beside the program. */
  readonly event?: Partial<RunEvent>;
}

export type RunEnd =
  | { readonly status: "completed"; readonly output: Pattern }
  | { readonly status: "failed"; readonly error: Pattern };
