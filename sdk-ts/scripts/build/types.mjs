// Declarations without a bundler: the compiler writes one file per source, the ones an entry can reach are kept, and
// imports of @durable/protocol, which users do not have, become relative paths to its declarations beside.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, posix, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const protocol = JSON.parse(readFileSync(join(root, "protocol/package.json"), "utf8"));

/** Writes `dist/types/sdk-ts/src/...` and what of `dist/types/protocol/src/...` it needs. */
export function writeTypes(sources, dist) {
  const emitted = mkdtempSync(join(tmpdir(), "durable-sdk-types-"));
  try {
    compile(
      sources.map((source) => join(root, "sdk-ts", source)),
      emitted,
    );
    const wanted = sources.map((source) => declarationOf(posix.join("sdk-ts", source)));
    for (const file of reachable(wanted, emitted)) {
      const target = join(dist, "types", file.path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, file.text);
    }
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

function compile(files, outDir) {
  const require = createRequire(join(root, "package.json"));
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const config = join(outDir, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    emitDeclarationOnly: true,
    declaration: true,
    rootDir: root,
    outDir,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    // Found by path it is source, and gets declarations; found as a package it would not.
    paths: protocolPaths(),
    // What is said of an @internal member is nobody's business outside.
    stripInternal: true,
  };
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, files }),
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "-p", config], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The declarations do not compile:\n${stdout}${stderr}`);
}

function protocolPaths() {
  return Object.fromEntries(
    Object.entries(protocol.exports).map(([path, source]) => [
      `@durable/protocol${path.slice(1)}`,
      [join(root, "protocol", source)],
    ]),
  );
}

/** The given declarations and all they import, with imports rewritten. */
function reachable(paths, emitted) {
  const files = new Map();
  const visit = (path) => {
    if (files.has(path)) return;
    const file = { path, text: "" };
    files.set(path, file);
    file.text = readFileSync(join(emitted, path), "utf8").replace(
      /((?:from|import)\s*\(?\s*)(["'])([^"']+)\2/g,
      (whole, before, quote, specifier) => {
        const target = targetOf(specifier, path);
        if (target === null) return whole;
        visit(target);
        const way = posix.relative(posix.dirname(path), target).replace(/\.d\.ts$/, ".js");
        return `${before}${quote}${way.startsWith(".") ? way : `./${way}`}${quote}`;
      },
    );
  };
  for (const path of paths) visit(path);
  return files.values();
}

/** The declaration a specifier stands for, or null for somebody else's package. */
function targetOf(specifier, from) {
  if (specifier.startsWith("."))
    return declarationOf(posix.normalize(posix.join(posix.dirname(from), specifier)));
  if (!specifier.startsWith("@durable/protocol")) return null;
  const source = protocol.exports[`.${specifier.slice("@durable/protocol".length)}`];
  return declarationOf(relative(root, resolve(root, "protocol", source)).replaceAll("\\", "/"));
}

function declarationOf(path) {
  return path.replace(/\.(?:ts|js)$/, ".d.ts");
}
