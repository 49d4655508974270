// Vitest takes no afterAll from within a hook or a test.

type End = () => Promise<void>;

const ends: End[] = [];

/** Done when the tests of this file are over, whoever asks for it; what was asked last is done first. */
export function atEndOfFile(end: End): void {
  ends.push(end);
}

/** For run-ends-of-file.ts. */
export async function endFile(): Promise<void> {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
}
