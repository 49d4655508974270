// What one engine process can do.
export const ROLES = ["api", "worker", "scheduler"] as const;
export type Role = (typeof ROLES)[number];
