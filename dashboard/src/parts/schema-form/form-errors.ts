// What the engine found wrong with a value, by the place of it. Pure.

export type FormErrors = Readonly<Record<string, readonly string[]>>;

const REQUIRED = /^must have required property '(.+)'$/;

/** @param base The place of the form's value in the request: `/data`. What stands elsewhere is left out. */
export function errorsBelow(
  errors: readonly { readonly pointer: string; readonly detail: string }[],
  base: string,
): FormErrors {
  const found: Record<string, string[]> = {};
  for (const { pointer, detail } of errors) {
    if (pointer !== base && !pointer.startsWith(`${base}/`)) continue;
    // A member that is missing is told of what it is missing in; people look for it at its own place.
    const name = REQUIRED.exec(detail)?.[1];
    const at = name === undefined ? pointer.slice(base.length) : pointerTo(pointer.slice(base.length), name);
    const said = name === undefined ? detail : "must be there";
    found[at] = [...(found[at] ?? []), said];
  }
  return found;
}

export function pointerTo(pointer: string, member: string | number): string {
  return `${pointer}/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
