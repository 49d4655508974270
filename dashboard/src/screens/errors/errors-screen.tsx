export function ErrorsScreen() {
  return <h1 className="text-xl font-semibold">Errors</h1>;
}
