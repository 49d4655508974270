/** Environments of this name are marked production when they are made; the same stands in `ensure_workspace`. */
export function bornProduction(environment: string): boolean {
  return environment === "prod";
}
