// Every file of hosts/ brings rows: a new host is a new file, and nothing else.

import { readdirSync } from "node:fs";
import type { Host } from "./host.ts";

const FOLDER = new URL("hosts/", import.meta.url);
/** Runtimes first, then frameworks on Node, then what has neither. */
const ORDER = ["node", "bun", "deno", "workerd", "neutral", "lambda"];

const files = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".ts"))
  .sort((one, other) => placeOf(one) - placeOf(other) || one.localeCompare(other));

export const HOSTS: readonly Host[] = (
  await Promise.all(
    files.map(
      async (file) => ((await import(new URL(file, FOLDER).href)) as { hosts: readonly Host[] }).hosts,
    ),
  )
).flat();

function placeOf(file: string): number {
  const place = ORDER.indexOf(file.slice(0, -".ts".length));
  return place === -1 ? ORDER.length : place;
}

/** @throws Error with all names when one of them is none. */
export function hostsNamed(names: readonly string[]): readonly Host[] {
  if (names.length === 0) return HOSTS;
  const unknown = names.filter((name) => !HOSTS.some((host) => isNamed(host, name)));
  if (unknown.length > 0) {
    const known = HOSTS.map(({ name }) => name).join(" ");
    throw new Error(`There is no host ${unknown.join(", ")}; there are: ${known}.`);
  }
  return HOSTS.filter((host) => names.some((name) => isNamed(host, name)));
}

/** "node" stands for node-20 and all the others. */
function isNamed({ name }: Host, asked: string): boolean {
  return name === asked || name.startsWith(`${asked}-`);
}
