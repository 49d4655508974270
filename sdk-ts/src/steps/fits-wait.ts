// What a wait leaves tells which of the three it was: code that now asks for another one must not be given it.
// Null is the timeout of any of them.

export function fitsEvent(value: unknown): boolean {
  return value === null || isEvent(value);
}

export function fitsAny(value: unknown): boolean {
  return value === null || (isObject(value) && typeof value["key"] === "string" && isEvent(value["event"]));
}

export function fitsAll(value: unknown): boolean {
  return value === null || (isObject(value) && Object.values(value).every(isEvent));
}

function isEvent(value: unknown): boolean {
  return isObject(value) && typeof value["id"] === "string" && typeof value["name"] === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
