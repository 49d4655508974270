export function BulkScreen() {
  return <h1 className="text-xl font-semibold">Bulk</h1>;
}
