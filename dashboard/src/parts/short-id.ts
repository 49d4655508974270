const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const CHARACTERS_MAX = 22;

/** Of a UUID its end: it begins with the time, which neighbours share. Others whole, or without their middle. */
export function shortId(id: string): string {
  if (UUID.test(id)) return id.slice(-8);
  return id.length <= CHARACTERS_MAX ? id : `${id.slice(0, 12)}…${id.slice(-8)}`;
}
