/** Why an event whose limit cannot be told starts no run: without its limit it would be worse. */
export function notStarted(functionId: string, limitName: string, problem: string): string {
  return `No run of "${functionId}" was started, because the ${limitName} could not be applied: ${problem}.`;
}
