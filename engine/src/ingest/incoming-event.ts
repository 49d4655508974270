/** An event as a door hands it in. */
export interface IncomingEvent {
  readonly clientId: string | null;
  readonly name: string;
  /** JSON text as received. */
  readonly data: string;
  readonly timeMs: number | null;
  /** It starts this function and no other, whatever its name. */
  readonly target?: string;
}
