// Values that belong to users pass through as the text they came as.

/** A value kept as the text received: 1.0, 2^53+1, the order of names and white space survive. Write with writeJson. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** JSON.stringify would have to parse, and so change, what is kept here as received. */
  toJSON(): never {
    throw new TypeError("A RawJson keeps its text only through writeJson; JSON.stringify cannot write it.");
  }
}

/**
 * The members whose values belong to users: step results (`v`), what runs receive and return (`input`, `output`) and
 * what events and log lines carry (`data`). Read messages with `parseJson(bytes, { raw: RAW_MEMBERS })` and these
 * become RawJson, to be stored and passed on byte for byte. It goes by name alone: a path called `data` in a `match`
 * becomes one too.
 */
export const RAW_MEMBERS: ReadonlySet<string> = new Set(["v", "input", "output", "data"]);
