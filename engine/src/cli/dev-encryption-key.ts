import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEY_BYTES = 32;

/** The key of development, made when it is first needed: in the data folder, for nobody but its owner. */
export function devEncryptionKey(dataDir: string): Uint8Array {
  const file = join(dataDir, "encryption.key");
  return read(file) ?? make(dataDir, file);
}

function read(file: string): Uint8Array | null {
  try {
    return Buffer.from(readFileSync(file, "utf8"), "base64");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Written aside and linked: of two engines that start at once one makes it, and none reads half of it. */
function make(dataDir: string, file: string): Uint8Array {
  mkdirSync(dataDir, { recursive: true });
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, `${randomBytes(KEY_BYTES).toString("base64")}\n`, { mode: 0o600 });
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(aside);
  }
  return read(file)!;
}
