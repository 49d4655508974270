export function RunScreen() {
  return <h1 className="text-xl font-semibold">Run</h1>;
}
