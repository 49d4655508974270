export function LogsScreen() {
  return <h1 className="text-xl font-semibold">Logs</h1>;
}
