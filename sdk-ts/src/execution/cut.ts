const utf8 = new TextEncoder();
const REPLACEMENT = "\ufffd";
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text that can travel: at most `bytesMax` of UTF-8, no NUL, no half character. */
export function cut(text: string, bytesMax: number): string {
  const sayable = text.replaceAll("\0", REPLACEMENT).replace(LONE_SURROGATES, REPLACEMENT);
  if (sayable.length * 3 <= bytesMax) return sayable;
  const bytes = utf8.encode(sayable);
  if (bytes.length <= bytesMax) return sayable;
  let end = bytesMax - 3;
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1; // 10xxxxxx continues a character begun before
  return `${new TextDecoder().decode(bytes.subarray(0, end))}...`;
}
