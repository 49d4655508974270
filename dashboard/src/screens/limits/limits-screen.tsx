export function LimitsScreen() {
  return <h1 className="text-xl font-semibold">Limits</h1>;
}
