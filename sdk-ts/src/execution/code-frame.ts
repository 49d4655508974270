import { isDevMode } from "../dev-mode.ts";
import { nodeModule } from "../runtime.ts";

const OWN = /@durable\/sdk|sdk-ts\/(?:src|dist)\/|node:internal|node_modules\//;

/**
 * `src/onboarding.ts:12:9`, the innermost place in the user's own code; in dev mode with the source around it. Null
 * where the runtime gives no stack. Paths are relative to the working directory: no machine's layout travels.
 */
export function codeFrame(error: Error): string | null {
  for (const line of (error.stack ?? "").split("\n").slice(1)) {
    const found = /\(?((?:file:\/\/)?[^\s()]+):(\d+):(\d+)\)?$/.exec(line.trim());
    if (found === null || OWN.test(found[1]!) || found[1]!.startsWith("node:")) continue;
    const path = found[1]!.replace(/^file:\/\//, "");
    const place = `${relative(path)}:${found[2]}:${found[3]}`;
    return isDevMode() ? `${place}${sourceAround(path, Number(found[2]))}` : place;
  }
  return null;
}

function relative(path: string): string {
  const folder = globalThis.process?.cwd?.();
  return folder !== undefined && path.startsWith(`${folder}/`)
    ? path.slice(folder.length + 1)
    : path.split("/").slice(-2).join("/");
}

function sourceAround(path: string, line: number): string {
  try {
    const lines = nodeModule("node:fs")?.readFileSync(path, "utf8").split("\n") ?? [];
    const shown = lines.slice(Math.max(0, line - 2), line + 1);
    return shown
      .map(
        (text, index) =>
          `\n${Math.max(1, line - 1) + index === line ? ">" : " "} ${Math.max(1, line - 1) + index} | ${text.slice(0, 160)}`,
      )
      .join("");
  } catch {
    return "";
  }
}
