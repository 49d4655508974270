import { usageError } from "./cli-error.ts";

/** `tenant=acme`: whose data is meant. 42 is a number; what is no JSON scalar is text. */
export function ownerOf(flag: string, given: string): { readonly path: string; readonly value: string } {
  const [, path, text] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
  if (path === undefined) throw usageError(`${flag} is ${JSON.stringify(given)}; say it as in user.id=42.`);
  return {
    path,
    value: /^(?:-?\d+(?:\.\d+)?|true|false|null|".*")$/s.test(text!) ? text! : JSON.stringify(text),
  };
}
