export function BulksScreen() {
  return <h1 className="text-xl font-semibold">Bulks</h1>;
}
