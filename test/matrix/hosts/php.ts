// Where PHP runs: each with the same functions, which do what those of the hosts that run TypeScript do.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hasPhpHosts } from "../../php-hosts/installed.ts";
import { INDEX, type Kind } from "../../php-hosts/project.ts";
import { placeInTree, type Suite, treeOf } from "../../php-hosts/tree.ts";
import type { Host } from "../host.ts";

const MAKE = path("project.ts");
const POOL = path("serve/pool.ts");
const WASM = path("serve/wasm.ts");
const TREE = path("tree.ts");
const PHP_WASM = "3.1.56";
const GAPS: Record<string, string> = JSON.parse(
  readFileSync(path("../conformance/apps/php/gaps.json"), "utf8"),
);

/** What serves PHP on this machine. */
const SERVERS = {
  pool: { name: "php", title: "eight php -S", program: POOL },
  fpm: { name: "php-fpm", title: "php-fpm and nginx", program: path("serve/fpm.ts") },
};

const TITLES: Record<Kind, string> = {
  plain: "plain PHP",
  psr15: "PSR-15",
  laravel: "Laravel",
  symfony: "Symfony",
};

export const hosts: readonly Host[] = [
  onThisMachine("pool", "plain", false),
  onThisMachine("pool", "psr15", true),
  onThisMachine("pool", "laravel", false),
  onThisMachine("pool", "symfony", true),
  onThisMachine("fpm", "plain", false),
  onThisMachine("fpm", "laravel", true),
  onThisMachine("fpm", "symfony", false),
  ...["8.1", "8.2", "8.3", "8.4", "8.5"].map(onWasm),
  onTree("trixie", "plain"),
  onTree("trixie", "laravel"),
  onTree("trixie", "symfony"),
  onTree("forky", "plain"),
  onTree("forky", "laravel"),
  onTree("forky", "symfony"),
];

function onThisMachine(server: keyof typeof SERVERS, kind: Kind, isQuick: boolean): Host {
  const { name, title, program } = SERVERS[server];
  return {
    name: `${name}-${kind}`,
    title: `PHP: ${TITLES[kind]}, ${title}`,
    packages: {},
    gaps: GAPS,
    build: ["node", MAKE, kind],
    start: () => ["node", program, INDEX[kind]],
    isQuick: isQuick && hasPhpHosts(),
    version: () => versionOf(kind),
  };
}

/** PHP of other years, without Fibers. */
function onWasm(version: string): Host {
  return {
    name: `php-wasm-${version}`,
    title: `PHP ${version}: plain PHP, in WebAssembly`,
    project: "php-wasm",
    packages: { "@php-wasm/node": PHP_WASM, "@php-wasm/universal": PHP_WASM },
    compiled: ["fs-ext-extra-prebuilt"],
    gaps: {
      ...GAPS,
      "L2-claim-twice":
        "Each instance has files of its own, so two that get one request at once do not know of each other.",
    },
    build: ["node", MAKE, "plain"],
    start: () => ["node", WASM, version, INDEX.plain],
    version: () => `${version}, php-wasm ${PHP_WASM}`,
  };
}

/** The PHP and the frameworks of another Debian; only root can make one. */
function onTree(suite: Suite, kind: Kind): Host {
  const name = `php-${suite}-${kind}`;
  return {
    name,
    title: `PHP: ${TITLES[kind]} of Debian ${suite}, eight php -S`,
    packages: {},
    gaps: GAPS,
    build: ["node", TREE, suite, kind, name],
    start: () => ["node", POOL, `${placeInTree(name)}/${INDEX[kind]}`, "chroot", treeOf(suite), "php"],
    version: () => versionOf(kind, ["chroot", treeOf(suite)]),
  };
}

const VERSION_OF: Partial<Record<Kind, string>> = {
  laravel:
    'require "Illuminate/autoload.php"; echo ", Laravel ", Illuminate\\Foundation\\Application::VERSION;',
  symfony:
    'require "Symfony/Component/HttpKernel/autoload.php"; echo ", Symfony ", Symfony\\Component\\HttpKernel\\Kernel::VERSION;',
};

function versionOf(kind: Kind, before: readonly string[] = []): string {
  const [command, ...args] = [...before, "php", "-r", `echo PHP_VERSION; ${VERSION_OF[kind] ?? ""}`];
  return spawnSync(command!, args, { encoding: "utf8" }).stdout.trim();
}

function path(name: string): string {
  return fileURLToPath(new URL(`../../php-hosts/${name}`, import.meta.url));
}
