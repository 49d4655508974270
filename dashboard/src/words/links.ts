// Addresses in what apps wrote. Only http and https become links: nothing else is followed.

export type TextPiece = string | { readonly href: string };

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`{}|\\^[\]]+/gi;
/** What ends a sentence is no part of the address before it. */
const ENDS = /[.,;:!?…]+$/;

export function splitLinks(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const href = trimmed(match[0]);
    if (!URL.canParse(href)) continue;
    if (match.index > at) pieces.push(text.slice(at, match.index));
    pieces.push({ href });
    at = match.index + href.length;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

function trimmed(found: string): string {
  let href = found.replace(ENDS, "");
  while (href.endsWith(")") && count(href, ")") > count(href, "("))
    href = href.slice(0, -1).replace(ENDS, "");
  return href;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
