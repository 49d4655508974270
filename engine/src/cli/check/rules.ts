import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { failed } from "../cli-error.ts";

export interface Mistake {
  readonly rule: string;
  readonly message: string;
  readonly node: {
    readonly loc?: { readonly start: { readonly line: number; readonly column: number } } | null;
  };
}

export type FindMistakes = (program: unknown) => readonly Mistake[];

/** The rules of the SDK that the project has installed: they fit the steps that its functions can ask for. */
export async function loadRules(folder: string): Promise<FindMistakes> {
  let path: string;
  try {
    path = createRequire(join(folder, "package.json")).resolve("@durable/sdk/eslint");
  } catch (error) {
    throw failed(
      `@durable/sdk is not installed in ${folder}, or is too old to bring rules; run this where your app's package.json is.`,
      error,
    );
  }
  const { findMistakes } = (await import(pathToFileURL(path).href)) as { findMistakes: FindMistakes };
  return findMistakes;
}
