// The dashboard as it was built: an entry page and files named by what is in them.
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../../dashboard", import.meta.url));

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export interface DashboardFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** As it lies there: it was compressed when it was built. */
  readonly encoding: "br" | "gzip" | null;
}

/** Files stay on the disk: a browser asks for each once, ever. */
export class DashboardFiles {
  readonly #folder: string;
  /** What may be asked for, and nothing else: no path of a request reaches the disk. */
  #names: ReadonlySet<string>;

  constructor(folder: string = BUILT) {
    this.#folder = folder;
    this.#names = new Set(namesIn(join(folder, "assets")));
  }

  /** Null: this engine's dashboard was never built. */
  async index(nonce: string): Promise<string | null> {
    const page = await readFile(join(this.#folder, "index.html"), "utf8").catch(() => null);
    return page?.replace("%NONCE%", nonce) ?? null;
  }

  async asset(name: string, accepted: string): Promise<DashboardFile | null> {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType === undefined) return null;
    // Built anew while this engine runs: in a checkout only.
    if (!this.#names.has(name)) this.#names = new Set(namesIn(join(this.#folder, "assets")));
    if (!this.#names.has(name)) return null;
    const [encoding, ending] = this.#formOf(name, accepted);
    const bytes = new Uint8Array(await readFile(join(this.#folder, "assets", `${name}${ending}`)));
    return { bytes, contentType, encoding };
  }

  #formOf(name: string, accepted: string): [DashboardFile["encoding"], string] {
    if (/\bbr\b/.test(accepted) && this.#names.has(`${name}.br`)) return ["br", ".br"];
    if (/\bgzip\b/.test(accepted) && this.#names.has(`${name}.gz`)) return ["gzip", ".gz"];
    return [null, ""];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
