import { existsSync } from "node:fs";

/** Where distributions put it; `CHROME_PATH` names another one. */
const PATHS = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"];

/** A Chromium of this machine, or null. */
export function chromiumPath(): string | null {
  const named = process.env["CHROME_PATH"];
  return [...(named === undefined ? [] : [named]), ...PATHS].find((path) => existsSync(path)) ?? null;
}

/** Without what it does for people; root has no sandbox. Its folder is fresh each time, and Playwright removes it. */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--no-proxy-server",
];
