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

/** Which functions a file declares, and which it starts by their id. */
export interface Targets {
  readonly declared: readonly string[];
  readonly declaresMore: boolean;
  readonly started: readonly { readonly id: string; readonly node: Mistake["node"] }[];
}

export interface Rules {
  findMistakes(program: unknown): readonly Mistake[];
  /** An older SDK has none. */
  readonly findTargets?: (program: unknown) => Targets;
}

/** The rules of the SDK that the project has installed: they fit the steps that its functions can ask for. */
export async function loadRules(folder: string): Promise<Rules> {
  let path: string;
  try {
    path = createRequire(join(folder, "package.json")).resolve("@durable/sdk/eslint");
  } catch (error) {
    throw failed(
      `@durable/sdk is not installed in ${folder}, or is too old to bring rules; run this where your app's package.json is.`,
      error,
    );
  }
  return (await import(pathToFileURL(path).href)) as Rules;
}
