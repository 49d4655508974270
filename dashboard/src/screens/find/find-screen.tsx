export function FindScreen() {
  return <p>Looking for it.</p>;
}
