/** Why a run can be watched no longer. */
export class WatchError extends Error {
  override readonly name: string = "WatchError";
  /** The HTTP status. */
  readonly status: number;
  /**
   * `unauthenticated`: the token is bent, or its time is over. `forbidden`: it is for another run. `not-found`: the run is not
   * kept any more. Each with a page in `docs/errors`.
   */
  readonly code: string;

  constructor(message: string, { status, code }: { readonly status: number; readonly code: string }) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What no later try changes; null for what passes. */
export async function refusalOf(response: Response): Promise<WatchError | null> {
  const { status } = response;
  if (status >= 500 || status === 408 || status === 425 || status === 429) return null;
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  return new WatchError(
    problem.detail ?? `Something answered ${status}, and it was no engine. Check the URL.`,
    {
      status,
      code: problem.code ?? "unknown",
    },
  );
}
