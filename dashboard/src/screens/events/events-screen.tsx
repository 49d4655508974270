export function EventsScreen() {
  return <h1 className="text-xl font-semibold">Events</h1>;
}
