// `node tree.ts SUITE KIND NAME`: a project in the folder we are in, and a copy of it in a whole Debian of that suite, which has
// the PHP and the frameworks of its time. The tree is made once; only root can.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Kind, makeProject } from "./project.ts";

export type Suite = "trixie" | "forky";

/** Kept between runs. Not in the repository: whoever looks for files there would go through all of a system, its `/proc` included. */
const TREES = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "durable/php-trees");
const SCRIPTS = "/usr/share/debootstrap/scripts";
const PACKAGES = [
  "php-cli",
  "php-curl",
  "php-mbstring",
  "php-xml",
  "phpunit",
  "php-laravel-framework",
  "php-nyholm-psr7",
  "php-symfony-framework-bundle",
];

export function treeOf(suite: Suite): string {
  return join(TREES, suite);
}

/** Where a project of this name is, as the tree has it. */
export function placeInTree(name: string): string {
  return `/srv/${name}`;
}

/** Makes it where it is missing. */
export function ensureTree(suite: Suite): string {
  const tree = treeOf(suite);
  if (existsSync(tree)) return tree;
  if (!existsSync(SCRIPTS)) throw new Error("There is no debootstrap: apt-get install debootstrap");
  const unfinished = `${tree}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(TREES, { recursive: true });
  const args = ["--variant=minbase", `--include=${PACKAGES.join(",")}`, suite, unfinished, mirror()];
  // A suite that is younger than debootstrap has no script of its own; they are all the same.
  if (!existsSync(join(SCRIPTS, suite))) args.push(join(SCRIPTS, "sid"));
  const { status, stdout } = spawnSync("debootstrap", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`debootstrap ${args.join(" ")} failed:\n${stdout.slice(-2_000)}`);
  renameSync(unfinished, tree);
  return tree;
}

export function makeProjectInTree(suite: Suite, kind: Kind, folder: string, name: string): string {
  const tree = ensureTree(suite);
  makeProject(kind, folder);
  const place = join(tree, placeInTree(name));
  rmSync(place, { recursive: true, force: true });
  cpSync(folder, place, { recursive: true });
  return place;
}

/** That this machine installs from. */
function mirror(): string {
  const files = ["/etc/apt/sources.list"];
  const more = "/etc/apt/sources.list.d";
  if (existsSync(more)) files.push(...readdirSync(more).map((name) => join(more, name)));
  for (const file of files.filter(existsSync)) {
    const found = /^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(\S+)/m.exec(readFileSync(file, "utf8"))?.[1];
    if (found !== undefined) return found;
  }
  return "http://deb.debian.org/debian";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [suite, kind, name] = process.argv.slice(2);
  makeProjectInTree(suite as Suite, kind as Kind, process.cwd(), name!);
}
