export function FunctionScreen() {
  return <h1 className="text-xl font-semibold">Function</h1>;
}
