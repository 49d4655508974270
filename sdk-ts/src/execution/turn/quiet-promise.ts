/**
 * What a step without a result returns. A new one each time: whoever awaits a promise hangs on it, so one shared by
 * all turns would keep every suspended handler alive for ever.
 */
export function never(): Promise<never> {
  return new Promise(ignore);
}

export function refusal(error: unknown): Promise<never> {
  return quiet((_, reject) => reject(error));
}

/** A failed step that nobody awaits must not bring the process down. */
export function quiet<Value>(
  start: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void,
): Promise<Value> {
  const promise = new Promise<Value>((resolve, reject) => {
    start((value) => resolve(value as Value), reject);
  });
  promise.catch(ignore);
  return promise;
}

function ignore(): void {}
