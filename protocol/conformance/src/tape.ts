// What was said during a case, so that a failure can be read without running it again; and whether anything of it should
// never have been said.

export interface TapeLine {
  /** `>` to the app, `<` from it, `!` what a request of the app to the engine was. */
  readonly mark: ">" | "<" | "!";
  readonly text: string;
}

const LINE_CHARACTERS = 1_500;
/** Of a run of thousands of requests the beginning and the end are told. */
const FIRST_LINES = 20;
const LAST_LINES = 40;

export class Tape {
  readonly #lines: TapeLine[] = [];
  /** Of all lines there were. */
  #count = 0;
  readonly #forbidden: readonly Forbidden[];
  readonly leaks = new Set<string>();
  /** When the app was last heard of. */
  heardMs = 0;
  requests = 0;
  bytes = 0;

  constructor(forbidden: readonly Forbidden[]) {
    this.#forbidden = forbidden;
  }

  get lines(): readonly TapeLine[] {
    const left = this.#count - this.#lines.length;
    if (left === 0) return this.#lines;
    const between: TapeLine = { mark: "!", text: `(${left} lines are left out here)` };
    return [...this.#lines.slice(0, FIRST_LINES), between, ...this.#lines.slice(FIRST_LINES)];
  }

  sent(head: string, body: string | Uint8Array): void {
    this.requests += 1;
    this.#add(">", head, body);
  }

  /** An answer, or a request of the app's own. */
  heard(mark: "<" | "!", head: string, headers: Readonly<Record<string, string>>, body: Uint8Array): void {
    if (mark === "!") this.requests += 1;
    this.heardMs = performance.now();
    const text = this.#add(mark, head, body);
    const all = `${JSON.stringify(headers)}\n${text}`;
    for (const { what, text: secret } of this.#forbidden) if (all.includes(secret)) this.leaks.add(what);
  }

  #add(mark: TapeLine["mark"], head: string, body: string | Uint8Array): string {
    const text = typeof body === "string" ? body : new TextDecoder().decode(body);
    this.bytes += typeof body === "string" ? Buffer.byteLength(body) : body.length;
    const line = `${head} ${text}`;
    this.#count += 1;
    this.#lines.push({
      mark,
      text: line.length > LINE_CHARACTERS ? `${line.slice(0, LINE_CHARACTERS)}...` : line,
    });
    if (this.#lines.length > FIRST_LINES + LAST_LINES) this.#lines.splice(FIRST_LINES, 1);
    return text;
  }
}

/** A text that no app may ever say. */
export interface Forbidden {
  readonly what: string;
  readonly text: string;
}

/** The canary, and the secrets, with their prefix and without. */
export function forbidden(canary: string | undefined, secrets: readonly string[]): Forbidden[] {
  const bare = secrets.map((secret) => secret.replace(/^whsec_/, "").replace(/=+$/, ""));
  return [
    ...(canary === undefined || canary === ""
      ? []
      : [{ what: "the canary, an environment variable of the app", text: canary }]),
    ...bare.map((text) => ({ what: "the signing secret", text })),
  ];
}
