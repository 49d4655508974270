/** A settled entry as a dispatch shows it. Results are JSON already, as received, and stay the text they are. */
export function memoEntryText(
  id: string,
  op: string,
  entry: { readonly status: string; readonly value: string | null; readonly failure: string | null },
): string {
  const result =
    entry.status === "err" ? `,"st":"err","error":${entry.failure}` : `,"st":"ok"${valueMember(entry.value)}`;
  return `{"id":"${id}","op":"${op}"${result}}`;
}

/** An undefined result is a missing `v`; a sleep's is too. */
function valueMember(value: string | null): string {
  return value === null ? "" : `,"v":${value}`;
}
