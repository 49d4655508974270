import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hasPhpHosts } from "../test/php-hosts/installed.ts";
import { chromiumPath } from "../test/support/chromium.ts";
import { pythonPath } from "../test/support/python.ts";

/**
 * What the tests use of the operating system. On a fresh Debian as root it is installed; elsewhere the tests that
 * need it are skipped, and the end of the run says so.
 */
interface SystemPackage {
  readonly what: string;
  readonly apt: string[];
  present(): boolean;
  before?(): void;
  after?(): void;
}

/** Debian asks it whether a package may start its service, and 101 is no. */
const POLICY = "/usr/sbin/policy-rc.d";
const OUR_POLICY = "#!/bin/sh\n# While the tests of Durable install packages.\nexit 101\n";

const PACKAGES: SystemPackage[] = [
  {
    what: "the distribution's Postgres, on which statement tests run a second time",
    apt: ["postgresql"],
    present: () =>
      existsSync("/usr/lib/postgresql") &&
      readdirSync("/usr/lib/postgresql").some((version) =>
        existsSync(`/usr/lib/postgresql/${version}/bin/initdb`),
      ),
    // Only its programs are wanted: no server of the system's own on port 5432.
    before: () => {
      mkdirSync("/etc/postgresql-common/createcluster.d", { recursive: true });
      writeFileSync(
        "/etc/postgresql-common/createcluster.d/no-main-cluster.conf",
        "create_main_cluster = false\n",
      );
    },
  },
  {
    what: "a browser, in which a page follows a run",
    apt: ["chromium-headless-shell"],
    present: () => chromiumPath() !== null,
  },
  {
    what: "a Python of 3.9 or newer, which the port of the protocol is written in",
    apt: ["python3"],
    present: () => pythonPath() !== null,
  },
  {
    what: "PHP with PHPUnit, for the PHP SDK",
    apt: ["php-cli", "php-curl", "php-mbstring", "php-xml", "phpunit"],
    present: () =>
      runs("php", ["-r", "exit(PHP_VERSION_ID >= 80100 ? 0 : 1);"]) && runs("phpunit", ["--version"]),
  },
  {
    what: "PHP's frameworks and servers, in which the PHP SDK is tried",
    apt: [
      "php-cli",
      "php-curl",
      "php-mbstring",
      "php-xml",
      "phpunit",
      "composer",
      "php-fpm",
      "nginx-light",
      "php-laravel-framework",
      "php-nyholm-psr7",
      "php-symfony-framework-bundle",
    ],
    present: hasPhpHosts,
    // Only their programs are wanted: no service of the system's own, on port 80 least of all.
    before: () => {
      if (!existsSync(POLICY)) writeFileSync(POLICY, OUR_POLICY, { mode: 0o755 });
    },
    after: () => {
      if (existsSync(POLICY) && readFileSync(POLICY, "utf8") === OUR_POLICY) rmSync(POLICY);
    },
  },
];

/** Installs what is missing. Returns one sentence for each thing that stays missing. */
export function ensureSystemPackages(say: (line: string) => void): string[] {
  const missing = PACKAGES.filter((wanted) => !wanted.present());
  if (missing.length === 0) return [];
  const cannot = whyNot();
  if (cannot !== null) return missing.map(({ what, apt }) => `${what}: ${cannot}; install ${apt.join(" ")}`);
  say(`installing ${missing.flatMap(({ apt }) => apt).join(" ")} with apt-get`);
  for (const { before } of missing) before?.();
  const failure = aptInstall(missing.flatMap(({ apt }) => apt));
  for (const { after } of missing) after?.();
  return missing
    .filter((wanted) => !wanted.present())
    .map(
      ({ what, apt }) => `${what}: apt-get install ${apt.join(" ")} failed (${failure ?? "files not found"})`,
    );
}

function runs(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

function whyNot(): string | null {
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get"))
    return "not installed, and there is no apt-get";
  if (process.getuid?.() !== 0) return "not installed, and only root may install it";
  return null;
}

function aptInstall(names: string[]): string | null {
  const install = ["install", "-y", "--no-install-recommends", ...names];
  // The package lists may be older than the mirror, or not there at all.
  return aptGet(install) === null ? null : (aptGet(["update"]) ?? aptGet(install));
}

function aptGet(args: string[]): string | null {
  const { status, stderr, error } = spawnSync("apt-get", args, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    timeout: 240_000,
  });
  if (status === 0) return null;
  return error?.message ?? stderr.trim().split("\n").at(-1) ?? `status ${status}`;
}
