/**
 * The topics of several tabs as those of one line. `run:{id}@{n}` starts after the n-th step: of several starts the earliest serves all, since
 * what a tab knows already changes nothing there.
 */
export function unionOf(wishes: Iterable<readonly string[]>): string[] {
  const starts = new Map<string, number | null>();
  for (const topics of wishes) {
    for (const topic of topics) {
      const [name, start] = partsOf(topic);
      const known = starts.get(name);
      starts.set(name, known === undefined ? start : earlier(known, start));
    }
  }
  return [...starts].map(([name, start]) => (start === null ? name : `${name}@${start}`)).sort();
}

function partsOf(topic: string): [string, number | null] {
  const at = topic.indexOf("@");
  return at === -1 ? [topic, null] : [topic.slice(0, at), Number(topic.slice(at + 1))];
}

/** Without a start: from the beginning. */
function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.min(a, b);
}
