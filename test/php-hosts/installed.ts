import { existsSync, readdirSync } from "node:fs";

const FILES = [
  "/usr/bin/php",
  "/usr/bin/phpunit",
  "/usr/bin/composer",
  "/usr/sbin/nginx",
  "/usr/share/php/Illuminate/Foundation",
  "/usr/share/php/Symfony/Bundle/FrameworkBundle",
  "/usr/share/php/Nyholm/Psr7",
];

/** Whether this machine has what PHP is served with here, as Debian's packages have it. Nothing is run: it is asked for often. */
export function hasPhpHosts(): boolean {
  return process.platform === "linux" && FILES.every((file) => existsSync(file)) && fpmProgram() !== null;
}

/** It has its version in its name. */
export function fpmProgram(): string | null {
  const found = readdirSync("/usr/sbin").find((name) => /^php-fpm\d/.test(name));
  return found === undefined ? null : `/usr/sbin/${found}`;
}
