#!/usr/bin/env node
// Plain JavaScript without dependencies, so that an old Node can read it and say so in one sentence.
import { existsSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const installed = new URL("../dist/main.js", import.meta.url);
const source = new URL("../src/main.ts", import.meta.url);
// In the repository the source counts, also when packing has left a dist/ there that is older.
const isInstalled = !existsSync(source);
const [needs, isNewEnough] = isInstalled
  ? ["20", major >= 20]
  : ["22.18", major > 22 || (major === 22 && minor >= 18)];

if (!isNewEnough) {
  console.error(`The kit needs Node ${needs} or newer and this is ${process.version}.`);
  process.exit(2);
}

const { main } = await import(isInstalled ? installed.href : source.href);
process.exitCode = await main(process.argv.slice(2), process.env);
