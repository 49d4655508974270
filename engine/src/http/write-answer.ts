// What a reading request is answered: its text, and the etag that names it. What is the same has the same, whenever it is read
// (`rev`). Long lists are written in slices: a run of 14,000 steps is twenty megabytes, and others wait meanwhile.
import { createHash, type Hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { RawJson, writeJson } from "@durable/protocol/wire";

/** Items of a list that are written before others have their turn. */
const SLICE = 500;

export interface AnswerWritten {
  readonly text: string;
  readonly etag: string;
}

export async function writeAnswer(value: unknown): Promise<AnswerWritten> {
  const hash = createHash("sha256");
  const text = isObject(value) ? await writeMembers(value, hash) : writeWhole(value, hash);
  return { text, etag: `"${hash.digest("base64url").slice(0, 22)}"` };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RawJson);
}

function writeWhole(value: unknown, hash: Hash): string {
  const text = writeJson(value);
  hash.update(text);
  return text;
}

async function writeMembers(value: Readonly<Record<string, unknown>>, hash: Hash): Promise<string> {
  let text = "";
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const key = `${text === "" ? "{" : ","}${JSON.stringify(name)}:`;
    hash.update(key);
    text += key;
    if (name === "rev") text += writeJson(member);
    else if (Array.isArray(member)) text += await writeList(member, name === "runs", hash);
    else text += writeWhole(member, hash);
  }
  return text === "" ? "{}" : `${text}}`;
}

/** Revs of runs in a list do not count either. Not deeper: what an app wrote may have a member of this name. */
async function writeList(items: readonly unknown[], areRuns: boolean, hash: Hash): Promise<string> {
  let text = "[";
  for (let from = 0; from < items.length; from += SLICE) {
    if (from > 0) await setImmediate();
    const slice = items.slice(from, from + SLICE);
    const written = writeJson(slice).slice(1, -1);
    hash.update(areRuns ? writeJson(slice.map(withoutRev)) : written);
    text += `${from === 0 ? "" : ","}${written}`;
  }
  return `${text}]`;
}

function withoutRev(value: unknown): unknown {
  if (!isObject(value) || !("rev" in value)) return value;
  const { rev: _, ...rest } = value;
  return rest;
}

/** @param ifNoneMatch Of the request: what its sender has already. */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
}
