/**
 * Whether this runtime's server hands over a request before its body has ended, and sends an answer meanwhile, as it is
 * tried by the matrix of hosts: Deno and Bun do. On Node it is the framework's matter, and its adapter says so.
 */
export function answersOpenRequests(): boolean {
  return true;
}
