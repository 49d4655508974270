export function FunctionsScreen() {
  return <h1 className="text-xl font-semibold">Functions</h1>;
}
