import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

const LIBRARIES = ["Illuminate/Foundation", "Symfony/Bundle/FrameworkBundle", "Nyholm/Psr7"];

/** Whether this machine has what PHP is served with here: Debian's PHP, its frameworks and servers. */
export function hasPhpHosts(): boolean {
  return (
    LIBRARIES.every((name) => existsSync(`/usr/share/php/${name}`)) &&
    existsSync("/usr/sbin/nginx") &&
    readdirSync("/usr/sbin").some((name) => /^php-fpm\d/.test(name)) &&
    ["php", "phpunit", "composer"].every(
      (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0,
    )
  );
}
