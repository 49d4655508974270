// Which rows stand open. Each has a usual state; a person turns single ones, or all.

export interface Openness {
  readonly all: "usual" | "open" | "closed";
  /** Those that are not as all are. */
  readonly turned: ReadonlySet<string>;
}

export const USUAL: Openness = { all: "usual", turned: new Set() };

/** @param isRead Opening it reads something from the engine: then it is opened by itself, and not with all others. */
export function isOpen(
  { all, turned }: Openness,
  id: string,
  isUsuallyOpen: boolean,
  isRead = false,
): boolean {
  const isUsual = all === "usual" || (all === "open" && isRead) ? isUsuallyOpen : all === "open";
  return isUsual !== turned.has(id);
}

/** Each of these is then open, or closed. `rows`: as they are now. */
export function turn(
  openness: Openness,
  rows: readonly { readonly id: string; readonly isOpen: boolean | null }[],
  open: boolean,
): Openness {
  const turned = new Set(openness.turned);
  for (const { id, isOpen: isOpenNow } of rows) {
    if (isOpenNow === null || isOpenNow === open) continue;
    if (!turned.delete(id)) turned.add(id);
  }
  return { all: openness.all, turned };
}
