import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { usageError } from "../cli-error.ts";

const SOURCE = /\.(?:[mc]?[jt]s|[jt]sx)$/;
const NOT_SOURCE = /\.d\.[mc]?ts$/;
/** Somebody else's code, and what is made of one's own. */
const NOT_OURS = new Set(["node_modules", "dist", "build", "out", "coverage", "vendor"]);

/** The sources named, and all below the folders named. */
export function findFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw usageError(`There is no ${path}; name files or folders.`);
    return stats.isDirectory() ? below(path) : [path];
  });
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === "." ? entry.name : join(folder, entry.name);
      if (entry.isDirectory()) {
        return NOT_OURS.has(entry.name) || entry.name.startsWith(".") ? [] : below(path);
      }
      return entry.isFile() && SOURCE.test(entry.name) && !NOT_SOURCE.test(entry.name) ? [path] : [];
    });
}
