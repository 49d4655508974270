#!/usr/bin/env node
// The door of the command line. Plain JavaScript without dependencies, so that an old Node can read it and say so
// in one sentence instead of dying of syntax.

import { existsSync } from "node:fs";
import module from "node:module";
import { setFlagsFromString } from "node:v8";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const installed = new URL("../dist/cli/main.js", import.meta.url);
const source = new URL("../src/cli/main.ts", import.meta.url);
// In the repository the source counts, also when packing has left a dist/ there that is older.
const isInstalled = !existsSync(source);

// From the repository the TypeScript runs as it is, which Node does by itself since 22.18.
const [needs, isNewEnough] = isInstalled
  ? ["22", major >= 22]
  : ["22.18", major > 22 || (major === 22 && minor >= 18)];

if (!isNewEnough) {
  console.error(
    `Durable needs Node ${needs} or newer and this is ${process.version}; install a newer one from https://nodejs.org and run it again.`,
  );
  process.exit(1);
}

// Until an engine is up: see src/cli/settle-in.ts.
setFlagsFromString("--semi-space-growth-factor=1");

// Compiled once, not at every command; older versions of Node have no such cache.
const cache = module.enableCompileCache?.()?.directory;

// What stays keeps all that it loads, also what compiles TypeScript.
if (!isInstalled && cache !== undefined && ["dev", "start"].includes(process.argv[2] ?? "")) {
  const { compileElsewhere } = await import("../compile/elsewhere.js");
  compileElsewhere(cache);
}

const { main } = await import(isInstalled ? installed.href : source.href);
process.exitCode = await main(process.argv.slice(2));
