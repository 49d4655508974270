// The program of PROGRAM.md, as types. A fixture interprets it; a case is written in it.

export type Program = readonly Statement[];

export interface Thrown {
  readonly name?: string;
  readonly message: string;
  readonly retry?: false;
  readonly retry_after_ms?: number;
}

export type Statement =
  | {
      readonly do: "run";
      readonly name: string;
      readonly returns?: unknown;
      readonly throws?: Thrown;
      readonly fails?: number;
      readonly delay_ms?: number;
      readonly catch?: true;
      readonly swallow?: true;
    }
  | { readonly do: "sleep"; readonly name: string; readonly ms: number }
  | {
      readonly do: "wait";
      readonly name: string;
      readonly event: string;
      readonly match?: Readonly<Record<string, unknown>>;
      readonly timeout_ms: number;
    }
  | { readonly do: "signal"; readonly name: string; readonly key: string; readonly timeout_ms: number }
  | {
      readonly do: "invoke";
      readonly name: string;
      readonly fn: string;
      readonly app?: string;
      readonly data: unknown;
      readonly catch?: true;
    }
  | {
      readonly do: "send";
      readonly name: string;
      readonly events: readonly { readonly name: string; readonly data?: unknown }[];
    }
  | { readonly do: "loop"; readonly times: number; readonly body: Program }
  | { readonly do: "parallel"; readonly branches: readonly Program[] }
  | { readonly do: "race"; readonly branches: readonly Program[] }
  | ({ readonly do: "throw" } & Thrown)
  | { readonly do: "return"; readonly value: unknown }
  // What only some levels have: a fixture whose SDK has no such thing does not know the statement.
  | {
      readonly do: "once";
      readonly name: string;
      readonly returns?: unknown;
      readonly delay_ms?: number;
      readonly catch?: true;
    }
  | { readonly do: "undo"; readonly name: string; readonly returns?: unknown }
  | { readonly do: "each"; readonly name: string; readonly times: number; readonly body: Program }
  | { readonly do: "answer"; readonly name: string; readonly returns: unknown }
  | {
      readonly do: "beat";
      readonly name: string;
      readonly data: unknown;
      readonly delay_ms: number;
      readonly returns?: unknown;
    }
  | { readonly do: "no such statement" };
