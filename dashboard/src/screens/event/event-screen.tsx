export function EventScreen() {
  return <h1 className="text-xl font-semibold">Event</h1>;
}
