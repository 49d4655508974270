import { environment } from "./runtime/environment.ts";

export const ENGINE_URL_DEFAULT = "http://localhost:4400";

/** Where the engine is: `DURABLE_URL`, or the port `durable dev` takes. */
export function engineUrl(): string {
  return environment("DURABLE_URL") ?? ENGINE_URL_DEFAULT;
}

/** The same, and null where nobody named one and there is none by itself, as there is in dev mode. */
export function configuredEngineUrl(): string | null {
  return environment("DURABLE_URL") ?? (isDevMode() ? ENGINE_URL_DEFAULT : null);
}

/**
 * Whether the well-known dev secret may be used and errors may show source: said with `DURABLE_DEV=1`, or the engine
 * is on this machine and `NODE_ENV` does not say production.
 */
export function isDevMode(): boolean {
  if (environment("DURABLE_DEV") === "1") return true;
  return environment("NODE_ENV") !== "production" && isLoopbackUrl(engineUrl());
}

/** `localhost`, `127.x.x.x`, `[::1]`, with or without a port. */
export function isLoopbackHost(host: string): boolean {
  return isLoopbackAddress(host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1"));
}

/** `127.x.x.x`, also mapped into IPv6, `::1` and the names that mean them. */
export function isLoopbackAddress(address: string): boolean {
  const name = address.toLowerCase();
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "::1" ||
    /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name)
  );
}

export function isLoopbackUrl(url: string): boolean {
  try {
    return isLoopbackHost(new URL(url).host);
  } catch {
    return false;
  }
}
