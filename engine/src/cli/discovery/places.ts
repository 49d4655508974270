/** Where frameworks like to listen, at the path every SDK serves. */
export const PORTS = [3000, 3001, 3002, 4000, 5000, 5173, 8000, 8080, 8787] as const;
export const PATH = "/api/durable";
