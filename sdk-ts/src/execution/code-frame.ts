import { nodeModule } from "../runtime/node-module.ts";

/** Frames of this SDK, of Node and of other people's packages. Tests of the SDK are user code to it. */
const NOT_THEIRS = /node:|node_modules[\\/]|[\\/]sdk-ts[\\/](?:src|dist)[\\/](?!.*\.test\.)/;
/** `    at charge (file:///app/src/charge.ts:12:9)`, `    at async /app/src/charge.ts:12:9` */
const OF_V8 = /^\s+at (?:.*?\((?=.*\)$))?(?:async )?(.+?):(\d+):(\d+)\)?$/;
/** `charge@/app/src/charge.ts:12:9` */
const OF_OTHERS = /^[^@\s]*@(.+?):(\d+):(\d+)$/;

const LINES_AROUND = 1;
const LINE_CHARACTERS_MAX = 160;

/**
 * `src/charge.ts:12:9`: the innermost place in the user's own code; in dev mode with the lines around it. Null where
 * the stack shows none. Paths are told from the working directory on, so that no machine's layout travels.
 */
export function codeFrame(stack: string | undefined, { isDev }: { readonly isDev: boolean }): string | null {
  if (typeof stack !== "string") return null;
  for (const line of stack.split("\n")) {
    const place = OF_V8.exec(line) ?? OF_OTHERS.exec(line);
    if (place === null || NOT_THEIRS.test(place[1]!)) continue;
    const path = pathOf(place[1]!);
    const frame = `${fromHere(path)}:${place[2]}:${place[3]}`;
    return isDev ? frame + linesAround(path, Number(place[2])) : frame;
  }
  return null;
}

function pathOf(place: string): string {
  return place.startsWith("file://") ? decodeURI(place.slice("file://".length)) : place;
}

function fromHere(path: string): string {
  const folder = globalThis.process?.cwd?.();
  if (folder !== undefined && path.startsWith(`${folder}/`)) return path.slice(folder.length + 1);
  return path.split(/[\\/]/).slice(-2).join("/");
}

/** From the file as it is now, which in dev is mostly the one that ran. Empty where it cannot be read. */
function linesAround(path: string, at: number): string {
  try {
    const lines = nodeModule("node:fs")?.readFileSync(path, "utf8").split("\n") ?? [];
    let shown = "";
    for (
      let line = Math.max(1, at - LINES_AROUND);
      line <= Math.min(lines.length, at + LINES_AROUND);
      line += 1
    ) {
      shown += `\n${line === at ? ">" : " "} ${line} | ${lines[line - 1]!.slice(0, LINE_CHARACTERS_MAX)}`;
    }
    return shown;
  } catch {
    return "";
  }
}
