/** Who knows whether this process may still act on the leases it holds. */
export interface LeaseAuthority {
  /** The id under which it holds them; changes when the process was declared dead and registered anew. */
  engineId(): number;
  /**
   * Whether leases taken under `engineId` may be acted on. False for an id that is no longer ours, and from the
   * moment the last successful heartbeat was *sent* too long ago: another engine may be taking
   * over. Then no dispatch starts and nothing is committed (the fence would refuse it anyway; this saves the
   * app from running code twice).
   */
  mayAct(engineId: number): boolean;
  /** Resolves true when it may act again, false when the leases taken under `engineId` are gone for good. */
  untilMayAct(engineId: number): Promise<boolean>;
}
