// Where PHP runs: each with the same functions, which are those of the hosts that run TypeScript.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Host } from "./host.ts";
import { INDEX, type Kind } from "./project.ts";

const MAKE = path("project.ts");
const POOL = path("serve/pool.ts");
const FPM = path("serve/fpm.ts");

const TITLES: Record<Kind, string> = {
  plain: "plain PHP",
  psr15: "PSR-15",
  laravel: "Laravel",
  symfony: "Symfony",
};

export const hosts: readonly Host[] = [
  onPool("plain", true),
  onPool("psr15", true),
  onPool("laravel", true),
  onPool("symfony", false),
  onFpm("plain", true),
  onFpm("laravel", true),
  onFpm("symfony", false),
];

function onPool(kind: Kind, isQuick: boolean): Host {
  return {
    name: `php-${kind}`,
    title: `PHP: ${TITLES[kind]}, eight php -S`,
    packages: {},
    build: ["node", MAKE, kind],
    start: () => ["node", POOL, INDEX[kind]],
    isQuick,
    version: () => versionOf(kind),
  };
}

function onFpm(kind: Kind, isQuick: boolean): Host {
  return {
    name: `php-fpm-${kind}`,
    title: `PHP: ${TITLES[kind]}, php-fpm and nginx`,
    packages: {},
    build: ["node", MAKE, kind],
    start: () => ["node", FPM, INDEX[kind]],
    isQuick,
    version: () => versionOf(kind),
  };
}

const VERSION_OF: Partial<Record<Kind, string>> = {
  laravel: 'require "Illuminate/autoload.php"; echo ", Laravel ", Illuminate\\Foundation\\Application::VERSION;',
  symfony:
    'require "Symfony/Component/HttpKernel/autoload.php"; echo ", Symfony ", Symfony\\Component\\HttpKernel\\Kernel::VERSION;',
};

function versionOf(kind: Kind): string {
  const { stdout } = spawnSync("php", ["-r", `echo PHP_VERSION; ${VERSION_OF[kind] ?? ""}`], { encoding: "utf8" });
  return stdout.trim();
}

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
