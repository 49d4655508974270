export function ErrorScreen() {
  return <h1 className="text-xl font-semibold">Error</h1>;
}
