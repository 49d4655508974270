import { spawnSync } from "node:child_process";

/** A Python of this machine that the port runs on, or null. */
export function pythonPath(): string | null {
  const isNewEnough = "import sys; sys.exit(sys.version_info < (3, 9))";
  return spawnSync("python3", ["-c", isNewEnough]).status === 0 ? "python3" : null;
}
