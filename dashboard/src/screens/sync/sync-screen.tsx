export function SyncScreen() {
  return <h1 className="text-xl font-semibold">Sync</h1>;
}
