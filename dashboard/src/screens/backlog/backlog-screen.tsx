export function BacklogScreen() {
  return <h1 className="text-xl font-semibold">Backlog</h1>;
}
