declare const Bun: { readonly version: string } | undefined;
declare const Deno: { readonly version: { readonly deno: string } } | undefined;

/** Which runtime this code is running on, as it says itself: "bun 1.4.5". */
export function where(): string {
  if (typeof Bun !== "undefined") return `bun ${Bun.version}`;
  if (typeof Deno !== "undefined") return `deno ${Deno.version.deno}`;
  if ("WebSocketPair" in globalThis) return "workerd";
  return `node ${globalThis.process.versions.node}`;
}
