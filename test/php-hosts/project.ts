// `node project.ts KIND FOLDER`: what a user has in a folder: an app, the SDK installed by Composer, and the functions that are tried.

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export type Kind = "plain" | "psr15" | "laravel" | "symfony";

/** The file that every request begins with. */
export const INDEX: Record<Kind, string> = {
  plain: "index.php",
  psr15: "index.php",
  laravel: "public/index.php",
  symfony: "public/index.php",
};

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));
const SDK = join(REPOSITORY, "sdk-php");
const APP: Partial<Record<Kind, Record<string, string>>> = {
  laravel: { "App\\": "app/", "Tests\\": "tests/" },
  symfony: { "App\\": "src/" },
};

export function makeProject(kind: Kind, folder: string): void {
  mkdirSync(folder, { recursive: true });
  cpSync(join(HERE, "apps", kind), folder, { recursive: true });
  cpSync(join(HERE, "functions"), join(folder, "functions"), { recursive: true });
  cpSync(join(REPOSITORY, "test/conformance/apps/php/program.php"), join(folder, "functions/program.php"));
  if (kind === "psr15") cpSync(join(SDK, "tests/stubs/psr15.php"), join(folder, "psr15.php"));
  const own = APP[kind];
  writeFileSync(
    join(folder, "composer.json"),
    JSON.stringify({
      name: "fixture/app",
      type: "project",
      // Packagist is not needed: the framework and PSR-3 are Debian's.
      repositories: [
        { type: "path", url: SDK, options: { symlink: false, versions: { "durable/sdk": versionOf(SDK) } } },
        { "packagist.org": false },
      ],
      require: { "durable/sdk": "*" },
      provide: { "psr/log": "1.1.4" },
      autoload: {
        "psr-4": { "Fixture\\": "functions/", ...own },
        ...(own !== undefined && { files: ["debian.php"] }),
      },
      config: { "allow-plugins": false },
    }),
  );
  if (kind === "laravel") chmodSync(join(folder, "artisan"), 0o755);
  composer(folder, "install", "--quiet");
}

export function composer(folder: string, ...args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync("composer", [...args, "--no-interaction"], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      COMPOSER_ALLOW_SUPERUSER: "1",
      COMPOSER_DISABLE_NETWORK: "1",
      COMPOSER_HOME: join(folder, ".composer"),
      COMPOSER_CACHE_DIR: "/dev/null",
    },
  });
  if (status !== 0) throw error ?? new Error(`composer ${args.join(" ")} failed:\n${stdout}\n${stderr}`);
}

function versionOf(sdk: string): string {
  const source = readFileSync(join(sdk, "src/Version.php"), "utf8");
  return /'(\d+\.\d+\.\d+)'/.exec(source)?.[1] ?? "0.1.0";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kind, folder = "."] = process.argv.slice(2);
  makeProject(kind as Kind, resolve(folder));
}
