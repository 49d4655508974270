export function TriggerScreen() {
  return <h1 className="text-xl font-semibold">Trigger</h1>;
}
