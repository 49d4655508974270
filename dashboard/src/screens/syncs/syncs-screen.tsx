export function SyncsScreen() {
  return <h1 className="text-xl font-semibold">Syncs</h1>;
}
