// Patterns of schemas, in a time that grows with the length of pattern times text. The RegExp of the language would try
// every way to split a text, which for `^(a+)+$` is 2^length of them; here no (place in the pattern, place in the text)
// is looked at twice. It knows no back references and no look-behind: with those the place alone says too little.

import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { spend, Unjudgeable } from "./work-meter.ts";

/** Of all patterns of a schema. `a{1000}` is a thousand. */
const STATES_MAX = 10_000;

/** A step takes as long as so many comparisons. */
const STEP_WORK = 4;

type Step =
  | { readonly kind: "end" }
  | { readonly kind: "character"; readonly fits: (code: number) => boolean; readonly next: State }
  | { readonly kind: "fork"; readonly ways: State[] }
  | { readonly kind: "edge"; readonly holds: (text: string, at: number) => boolean; readonly next: State }
  | { readonly kind: "ahead"; readonly program: Program; readonly negate: boolean; readonly next: State };

type State = Step & { readonly id: number };

interface Program {
  readonly start: State;
  readonly size: number;
}

interface Budget {
  states: number;
}

interface Pattern {
  test(text: string): boolean;
  toString(): string;
}

/** What Ajv makes RegExps with, for one schema: a pattern that is there often is made once. */
export function schemaPatterns(): { (pattern: string): Pattern; code: string } {
  const budget: Budget = { states: STATES_MAX };
  const made = new Map<string, Pattern>();
  const patternOf = (pattern: string) => {
    const known = made.get(pattern) ?? readPattern(pattern, budget);
    made.set(pattern, known);
    return known;
  };
  // Ajv asks for it: it would be the source in a file of compiled schemas.
  return Object.assign(patternOf, { code: "schemaPattern" });
}

function readPattern(pattern: string, budget: Budget): Pattern {
  // Says in the words of the language what is wrong with it.
  new RegExp(pattern, "u");
  const { alternatives } = PARSER.parsePattern(pattern, undefined, undefined, { unicode: true });
  const program = programOf(alternatives, budget);
  return {
    test: (text) => matches(program, text, null),
    // Ajv keeps it by this name.
    toString: () => `/${pattern}/u`,
  };
}

const PARSER = new RegExpParser();

function programOf(alternatives: readonly AST.Alternative[], budget: Budget): Program {
  let size = 0;
  const state = (step: Step): State => {
    budget.states -= 1;
    if (budget.states < 0) throw new Unjudgeable("its patterns are too large");
    const made = { ...step, id: size };
    size += 1;
    return made;
  };

  // Backwards: each part is made knowing what comes after it.
  const choice = (alternatives: readonly AST.Alternative[], next: State): State => {
    const ways = alternatives.map(({ elements }) =>
      elements.reduceRight((after, element) => build(element, after), next),
    );
    return ways.length === 1 ? ways[0]! : state({ kind: "fork", ways });
  };

  const repeat = ({ element, min, max }: AST.Quantifier, next: State): State => {
    let start = next;
    if (max === Number.POSITIVE_INFINITY) {
      const ways = [next];
      start = state({ kind: "fork", ways });
      ways.push(build(element, start));
    } else {
      for (let n = min; n < max; n += 1) {
        start = state({ kind: "fork", ways: [next, build(element, start)] });
      }
    }
    for (let n = 0; n < min; n += 1) start = build(element, start);
    return start;
  };

  const build = (element: AST.Element, next: State): State => {
    switch (element.type) {
      case "Character":
        return state({ kind: "character", fits: (code) => code === element.value, next });
      case "CharacterClass":
      case "CharacterSet":
        return state({ kind: "character", fits: fitsClass(element.raw), next });
      case "Group":
        if (element.modifiers !== null) throw new Unjudgeable("it has a pattern with (?flags:...)");
        return choice(element.alternatives, next);
      case "CapturingGroup":
        return choice(element.alternatives, next);
      case "Quantifier":
        return repeat(element, next);
      case "Assertion":
        if (element.kind === "lookahead") {
          return state({
            kind: "ahead",
            program: programOf(element.alternatives, budget),
            negate: element.negate,
            next,
          });
        }
        if (element.kind === "lookbehind") throw new Unjudgeable("it has a pattern that looks behind");
        return state({ kind: "edge", holds: EDGES[element.raw]!, next });
      case "Backreference":
        throw new Unjudgeable("it has a pattern that refers back");
      case "ExpressionCharacterClass":
        throw new Unjudgeable("it has a pattern with sets of sets");
    }
  };

  const start = choice(alternatives, state({ kind: "end" }));
  return { start, size };
}

/** One character at a time nothing can go back and forth, so the language may say what is in a class. */
function fitsClass(raw: string): (code: number) => boolean {
  const one = new RegExp(`^${raw}$`, "u");
  const ascii = Array.from({ length: 128 }, (_, code) => one.test(String.fromCharCode(code)));
  return (code) => ascii[code] ?? one.test(String.fromCodePoint(code));
}

const WORD = /^\w$/;
const isWord = (text: string, at: number) => WORD.test(text.charAt(at));
const isBoundary = (text: string, at: number) => isWord(text, at - 1) !== isWord(text, at);
const EDGES: Readonly<Record<string, (text: string, at: number) => boolean>> = {
  "^": (_, at) => at === 0,
  $: (text, at) => at === text.length,
  "\\b": isBoundary,
  "\\B": (text, at) => !isBoundary(text, at),
};

/** @param onlyAt Where it must begin; null: anywhere. */
function matches({ start, size }: Program, text: string, onlyAt: number | null): boolean {
  const places = text.length + 1;
  spend((size * places) >> 5);
  const seen = new Uint32Array(((size * places) >> 5) + 1);
  const states: State[] = [];
  const positions: number[] = [];
  const go = (state: State, at: number) => {
    const bit = state.id * places + at;
    const mask = 1 << (bit & 31);
    if ((seen[bit >> 5]! & mask) !== 0) return;
    seen[bit >> 5]! |= mask;
    states.push(state);
    positions.push(at);
  };

  for (let from = onlyAt ?? 0; from < places; from += widthAt(text, from)) {
    go(start, from);
    while (states.length > 0) {
      spend(STEP_WORK);
      const state = states.pop()!;
      const at = positions.pop()!;
      if (state.kind === "end") return true;
      if (state.kind === "fork") {
        for (const way of state.ways) go(way, at);
      } else if (state.kind === "character") {
        const code = text.codePointAt(at);
        if (code !== undefined && state.fits(code)) go(state.next, at + widthAt(text, at));
      } else if (
        state.kind === "edge" ? state.holds(text, at) : matches(state.program, text, at) !== state.negate
      ) {
        go(state.next, at);
      }
    }
    if (onlyAt !== null) return false;
  }
  return false;
}

const widthAt = (text: string, at: number) => (text.codePointAt(at)! > 0xffff ? 2 : 1);
