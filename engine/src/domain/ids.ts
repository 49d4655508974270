import { createHash } from "node:crypto";

// UUIDv7: time first, so that keys of neighbours in time are neighbours in the index.

/** No job, timer or attempt of a single step: those of the run itself. */
export const NO_STEP = "00000000-0000-0000-0000-000000000000";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Only such text can be compared with a key: the database would refuse another, or read every row to compare text. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Of `random`. */
export const UUID_RANDOM_BYTES = 8;

/**
 * A version 7 UUID of `epochMs` with 62 random bits from `random`. What is less than a millisecond stands in the 12 bits
 * after it, so that ids made one after the other are in order, and an index that they go into is written at its end.
 */
export function uuidV7(epochMs: number, random: Uint8Array): string {
  const ms = Math.floor(epochMs);
  const fraction = Math.floor((epochMs - ms) * 4096);
  writeHex(0, ms / 0x100_0000_0000);
  writeHex(2, ms / 0x1_0000_0000);
  const low = ms % 0x1_0000_0000;
  writeHex(4, low >>> 24);
  writeHex(6, low >>> 16);
  writeHex(9, low >>> 8);
  writeHex(11, low);
  writeHex(14, 0x70 | (fraction >>> 8));
  writeHex(16, fraction);
  writeRandom(random);
  return written.toString("latin1");
}

function writeRandom(random: Uint8Array): void {
  writeHex(19, 0x80 | (random[0]! & 0x3f));
  writeHex(21, random[1]!);
  for (let i = 2; i < UUID_RANDOM_BYTES; i += 1) writeHex(20 + 2 * i, random[i]!);
}

/** Another id of the instant of a version 7 UUID, so that it is found beside it: see `idsBeside`. */
export function uuidBeside(uuid: string, random: Uint8Array): string {
  written.write(uuid, 0, 19, "latin1");
  writeRandom(random);
  return written.toString("latin1");
}

/** The first and the last of them. */
export function idsBeside(uuid: string): readonly [first: string, last: string] {
  return [`${uuid.slice(0, 19)}8000-000000000000`, `${uuid.slice(0, 19)}bfff-ffffffffffff`];
}

/** The last id, rewritten for the next one: a text made of two dozen pieces would have to be put together twice. */
const written = Buffer.alloc(36, "-");
const HEX = Buffer.from("0123456789abcdef");

function writeHex(at: number, byte: number): void {
  written[at] = HEX[(byte >>> 4) & 0xf]!;
  written[at + 1] = HEX[byte & 0xf]!;
}

/** When a version 7 UUID was made. A run's start is read from its id: the same at every dispatch. */
export function epochMsOfUuidV7(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

/** A step id (32 hex digits) in the form the database keeps: the same 128 bits as a UUID. */
export function stepIdToUuid(id: string): string {
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
}

/** The first 128 bits of SHA-256 over the parts, as a UUID: the same for the same parts. */
export function hashedUuid(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const [index, part] of parts.entries()) hash.update(index === 0 ? part : `\x1f${part}`);
  return stepIdToUuid(hash.digest("hex").slice(0, 32));
}

export function uuidToStepId(uuid: string): string {
  return uuid.replaceAll("-", "");
}
