import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Options } from "./options.ts";

// What a person can copy from the screen and paste into another terminal, in the folder where they typed `npm start`.

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** `npx durable`, where the workspace linked it; else the same by its path. */
export function cliCommand(): string {
  return existsSync(join(ROOT, "node_modules", ".bin", "durable"))
    ? "npx durable"
    : `${nodeCommand()} ${inRoot("engine/bin/durable.js")}`;
}

export function engineCommand(options: Options, appUrl: string): string {
  return `${environmentOf(options)}${cliCommand()} dev --app ${appUrl}`;
}

export function appCommand(options: Options, port: number): string {
  return `${environmentOf(options)}PORT=${port} ${nodeCommand()} ${inRoot("demo/src/app/main.ts")}`;
}

/** Only what differs from what the programs assume by themselves. */
function environmentOf({ port, dataDir }: Options): string {
  return `${portOf({ port })}${dataDir === join(homedir(), ".durable") ? "" : `DURABLE_DATA_DIR=${dataDir} `}`;
}

/** What commands that only talk to the engine need to know. */
export function portOf({ port }: Pick<Options, "port">): string {
  return port === 4400 ? "" : `DURABLE_PORT=${port} `;
}

/** `node`, when that is the one that runs us; a Node that is too old cannot read TypeScript. */
function nodeCommand(): string {
  const bin = join(ROOT, "node_modules", ".bin");
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== bin)
    .map((folder) => join(folder, "node"))
    .find(isExecutable);
  if (onPath === process.execPath) return "node";
  return isExecutable(join(bin, "node")) ? inRoot("node_modules/.bin/node") : process.execPath;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function inRoot(path: string): string {
  return relative(ROOT, join(ROOT, path));
}
