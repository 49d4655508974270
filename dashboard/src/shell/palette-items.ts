// What the palette offers, by what is typed: pure, so that it can be said what comes first.

export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  /** What kind of thing it is, in a word. */
  readonly hint: string;
  readonly to: string;
}

/** So many fit without scrolling. */
const SHOWN_MAX = 12;

/**
 * Items whose label has the letters of what is typed in that order; those that begin with it first, then those that contain it, then
 * the rest, each in the order given. Nothing typed: all.
 */
export function rankItems(items: readonly PaletteItem[], typed: string): PaletteItem[] {
  const wanted = typed.trim().toLowerCase();
  return items
    .map((item, order) => ({ item, order, rank: rankOf(item.label.toLowerCase(), wanted) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => a.rank! - b.rank! || a.order - b.order)
    .slice(0, SHOWN_MAX)
    .map(({ item }) => item);
}

function rankOf(label: string, wanted: string): number | null {
  if (wanted === "" || label.startsWith(wanted)) return 0;
  if (label.includes(wanted)) return 1;
  let at = 0;
  for (const letter of label) if (letter === wanted[at]) at += 1;
  return at === wanted.length ? 2 : null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id that somebody pasted: whatever it is of, somewhere it is found. */
export function itemsOfId(typed: string): PaletteItem[] {
  const id = typed.trim();
  if (id.length < 3 || /\s/.test(id)) return [];
  const event = { id: `e-${id}`, label: id, hint: "Event with this id", to: `/e/${encodeURIComponent(id)}` };
  if (!UUID.test(id)) return [event];
  return [{ id: `r-${id}`, label: id, hint: "Run with this id", to: `/r/${id}` }, event];
}
