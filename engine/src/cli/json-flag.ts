import { usageError } from "./cli-error.ts";

/** The value of a flag that takes JSON; nothing where it was not given. */
export function jsonFlag(flag: string, text: string | undefined): { value?: unknown } {
  if (text === undefined) return {};
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    throw usageError(
      `${flag} is not JSON (${(error as Error).message}); put it in single quotes, for example ${flag} '{"id":1}'.`,
    );
  }
}
