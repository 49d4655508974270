export function MetricsScreen() {
  return <h1 className="text-xl font-semibold">Metrics</h1>;
}
