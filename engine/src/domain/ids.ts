// UUIDv7: time first, so that keys of neighbours in time are neighbours in the index.

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

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
  const high = Math.floor(ms / 0x1_0000_0000) & 0xffff;
  const low = ms % 0x1_0000_0000;
  const h = (byte: number | undefined): string => hex[byte! & 0xff]!;
  return (
    `${h(high >>> 8)}${h(high)}${h(low >>> 24)}${h(low >>> 16)}-${h(low >>> 8)}${h(low)}-` +
    `${h(0x70 | (fraction >>> 8))}${h(fraction)}-${h(0x80 | (random[0]! & 0x3f))}${h(random[1])}-` +
    `${h(random[2])}${h(random[3])}${h(random[4])}${h(random[5])}${h(random[6])}${h(random[7])}`
  );
}

/** When a version 7 UUID was made. A run's start is read from its id: the same at every dispatch. */
export function epochMsOfUuidV7(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

/** A step id (32 hex digits) in the form the database keeps: the same 128 bits as a UUID. */
export function stepIdToUuid(id: string): string {
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;
}

export function uuidToStepId(uuid: string): string {
  return uuid.replaceAll("-", "");
}
