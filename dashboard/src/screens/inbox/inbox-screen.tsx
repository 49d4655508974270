export function InboxScreen() {
  return <h1 className="text-xl font-semibold">Inbox</h1>;
}
