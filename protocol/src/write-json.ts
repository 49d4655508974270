import { RawJson } from "./raw-json.ts";

/**
 * JSON.stringify that writes each RawJson as the text it keeps. Members that are undefined are left out; what JSON
 * cannot say (functions, symbols) is treated as undefined, and numbers that are not finite become null.
 * @throws TypeError for a bigint, RangeError for a circular value.
 */
export function writeJson(value: unknown): string {
  return write(value) ?? "null";
}

function write(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? "null").join(",")}]`;
  if ("toJSON" in value && typeof value.toJSON === "function") return write(value.toJSON());
  let members = "";
  for (const [key, member] of Object.entries(value)) {
    const text = write(member);
    if (text !== undefined) members += `${members && ","}${JSON.stringify(key)}:${text}`;
  }
  return `{${members}}`;
}
