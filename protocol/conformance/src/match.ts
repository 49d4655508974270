// Whether what came is what a case expects. A pattern is JSON with a few words in it:
//
//     {"status": "continue"}        has at least these members
//     [..., ...]                    exactly these items, in this order
//     {"$unordered": [...]}         exactly these items, in any order
//     {"$any": true}                is there, whatever it is
//     {"$absent": true}             is not there
//     {"$bind": "name"}             is there, and is called so from now on
//     {"$bound": "name"}            is what was called so
//     {"$notFalse": true}           is true, null or not there
//     {"$text": "^regular"}         a string that matches
//
// Values of users (`v`, `output`, `data`) are not "at least": a member too many there is a flaw.

import { RAW_MEMBERS, RawJson } from "@durable/protocol/wire";

export type Pattern = unknown;

export type Bindings = Map<string, unknown>;

/** What does not match, a sentence each; none when all does. */
export function mismatches(pattern: Pattern, value: unknown, bindings: Bindings, path = "body"): string[] {
  return compare(pattern, plain(value), { bindings, path, isExact: false });
}

interface Place {
  readonly bindings: Bindings;
  readonly path: string;
  readonly isExact: boolean;
}

function compare(pattern: Pattern, value: unknown, place: Place): string[] {
  if (isObject(pattern)) {
    const [word] = Object.keys(pattern);
    if (word?.startsWith("$")) return compareWord(word, pattern[word], value, place);
    return compareObject(pattern, value, place);
  }
  if (Array.isArray(pattern)) return compareArray(pattern, value, place);
  return Object.is(pattern, value) || pattern === value ? [] : [differs(place.path, pattern, value)];
}

function compareWord(word: string, argument: unknown, value: unknown, place: Place): string[] {
  const { bindings, path } = place;
  switch (word) {
    case "$any":
      return value === undefined ? [`${path} is missing`] : [];
    case "$absent":
      return value === undefined ? [] : [`${path} should not be there, and is ${shown(value)}`];
    case "$notFalse":
      return value === false ? [`${path} should not be false`] : [];
    case "$bind":
      if (value === undefined) return [`${path} is missing`];
      bindings.set(String(argument), value);
      return [];
    case "$bound":
      return compare(bindings.get(String(argument)), value, { ...place, isExact: true });
    case "$text":
      return typeof value === "string" && new RegExp(String(argument), "u").test(value)
        ? []
        : [`${path} should be a text like /${String(argument)}/, and is ${shown(value)}`];
    case "$unordered":
      return compareUnordered(argument as Pattern[], value, place);
    default:
      throw new Error(`The case has the unknown word ${word}.`);
  }
}

function compareObject(pattern: Record<string, Pattern>, value: unknown, place: Place): string[] {
  const { path, isExact } = place;
  if (!isObject(value)) return [differs(path, pattern, value)];
  const flaws = Object.entries(pattern).flatMap(([key, member]) =>
    compare(member, value[key], {
      ...place,
      path: `${path}.${key}`,
      isExact: isExact || RAW_MEMBERS.has(key),
    }),
  );
  const more = isExact ? Object.keys(value).filter((key) => !(key in pattern)) : [];
  return [...flaws, ...more.map((key) => `${path}.${key} is too much: ${shown(value[key])}`)];
}

function compareArray(pattern: readonly Pattern[], value: unknown, place: Place): string[] {
  const { path } = place;
  if (!Array.isArray(value)) return [differs(path, pattern, value)];
  if (value.length !== pattern.length) {
    return [`${path} should have ${pattern.length} items, and has ${value.length}: ${shown(value)}`];
  }
  return pattern.flatMap((item, index) =>
    compare(item, value[index], { ...place, path: `${path}[${index}]` }),
  );
}

function compareUnordered(items: readonly Pattern[], value: unknown, place: Place): string[] {
  const { path, bindings } = place;
  if (!Array.isArray(value) || value.length !== items.length) return compareArray(items, value, place);
  const left = [...value];
  const flaws: string[] = [];
  for (const [index, item] of items.entries()) {
    // Tried with bindings of its own: an item that does not match must not leave a name behind.
    const found = left.findIndex(
      (each) => compare(item, each, { ...place, bindings: new Map(bindings) }).length === 0,
    );
    if (found < 0) flaws.push(`${path} has no item like ${shown(item)}: it is ${shown(left)}`);
    else compare(item, left.splice(found, 1)[0], { ...place, path: `${path}[${index}]` });
  }
  return flaws;
}

/** The pattern with what is bound in the place of its names: for messages that are sent. */
export function resolveBound(pattern: Pattern, bindings: Bindings): unknown {
  if (Array.isArray(pattern)) return pattern.map((item) => resolveBound(item, bindings));
  if (!isObject(pattern)) return pattern;
  if ("$bound" in pattern) {
    const name = String(pattern["$bound"]);
    if (!bindings.has(name)) throw new Error(`Nothing was bound as "${name}".`);
    return bindings.get(name);
  }
  return Object.fromEntries(
    Object.entries(pattern).map(([key, member]) => [key, resolveBound(member, bindings)]),
  );
}

/** Values of users as JSON.parse has them. */
export function plain(value: unknown): unknown {
  if (value instanceof RawJson) return JSON.parse(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function differs(path: string, pattern: unknown, value: unknown): string {
  return value === undefined
    ? `${path} is missing, and should be ${shown(pattern)}`
    : `${path} should be ${shown(pattern)}, and is ${shown(value)}`;
}

const SHOWN_CHARACTERS = 300;

export function shown(value: unknown): string {
  const text = JSON.stringify(plain(value)) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}
