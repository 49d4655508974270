import { nearNames } from "../../domain/near-names.ts";
import type { Mistake, Targets } from "./rules.ts";

export interface UnknownTarget extends Mistake {
  readonly file: string;
}

/**
 * Functions that are started by an id which no function has. Judged over all files together, and not at all where one has an
 * id that is not written out: it may be that one.
 */
export function findUnknownTargets(byFile: ReadonlyMap<string, Targets>): UnknownTarget[] {
  const all = [...byFile.values()];
  const declared = new Set(all.flatMap((targets) => targets.declared));
  if (declared.size === 0 || all.some(({ declaresMore }) => declaresMore)) return [];
  return [...byFile].flatMap(([file, { started }]) =>
    started
      .filter(({ id }) => !declared.has(id.replace(/\.on-failure$/, "")))
      .map(({ id, node }) => {
        const near = nearNames(id, declared).map((name) => `"${name}"`);
        const hint = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
        const message = `This starts function "${id}", and none of these files declares it.${hint}`;
        return { file, rule: "unknown-target", node, message };
      }),
  );
}
