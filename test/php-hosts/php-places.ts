// Where there is a PHP: this machine, and whole Debians of other suites, when DURABLE_PHP_TREES names them (trixie forky).

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../frameworks/programs.ts";
import { type RunningHost, startHost } from "../matrix/running-host.ts";
import { INDEX, type Kind, makeProject } from "./project.ts";
import { ensureTree, makeProjectInTree, placeInTree, type Suite } from "./tree.ts";

export interface PhpApp {
  /** As this machine has it. */
  readonly folder: string;
  /** Runs PHP in it; rejects with all it said when it fails. */
  php(env: Readonly<Record<string, string>>, ...args: string[]): Promise<string>;
  phpunit(...args: string[]): Promise<string>;
  /** Behind two `php -S`, or php-fpm where that is asked for and this is the machine itself. */
  start(env: Readonly<Record<string, string>>, server?: "pool" | "fpm"): Promise<RunningHost>;
}

export interface PhpPlace {
  readonly title: string;
  make(kind: Kind, within: string, name: string): PhpApp;
}

const here: PhpPlace = {
  title: "on this machine",
  make(kind, within, name) {
    const folder = join(within, name);
    makeProject(kind, folder);
    return appIn({ kind, name, folder, command: [], inside: folder });
  },
};

const suites = (process.env["DURABLE_PHP_TREES"] ?? "").split(/[\s,]+/).filter((name) => name !== "");

export const phpPlaces: readonly PhpPlace[] = [here, ...suites.map((suite) => inTree(suite as Suite))];

function inTree(suite: Suite): PhpPlace {
  return {
    title: `in Debian ${suite}`,
    make(kind, within, name) {
      const folder = makeProjectInTree(suite, kind, join(within, `${suite}-${name}`), name);
      return appIn({ kind, name, folder, command: ["chroot", ensureTree(suite)], inside: placeInTree(name) });
    },
  };
}

interface Parts {
  readonly kind: Kind;
  readonly name: string;
  readonly folder: string;
  /** What stands before `php`. */
  readonly command: readonly string[];
  /** The folder, as that PHP has it. */
  readonly inside: string;
}

function appIn({ kind, name, folder, command, inside }: Parts): PhpApp {
  const argv = (program: string, args: readonly string[]) =>
    command.length === 0
      ? [program, ...args]
      : [...command, "sh", "-c", 'cd "$0" && exec "$@"', inside, program, ...args];
  const call = (env: Readonly<Record<string, string>>, program: string, args: readonly string[]) => {
    const [first, ...rest] = argv(program, args);
    return run({ folder, env }, first!, ...rest);
  };
  return {
    folder,
    php: (env, ...args) => call(env, "php", args),
    phpunit: (...args) => call({}, "phpunit", args),
    start(env, server = "pool") {
      const script = fileURLToPath(new URL(`serve/${server}.ts`, import.meta.url));
      const index = join(inside, INDEX[kind]);
      const php = command.length === 0 || server === "fpm" ? [] : [...command, "php"];
      const host = {
        name,
        title: `${kind} ${name}`,
        packages: {},
        start: () => ["node", script, index, ...php] as [string, ...string[]],
      };
      return startHost(host, folder, env["DURABLE_URL"] ?? "", { PHP_WORKERS: "2", ...env });
    },
  };
}
