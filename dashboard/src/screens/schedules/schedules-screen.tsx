export function SchedulesScreen() {
  return <h1 className="text-xl font-semibold">Schedules</h1>;
}
