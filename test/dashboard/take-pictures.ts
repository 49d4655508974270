// `npm run pictures [-- runs run]`: into dashboard/pictures, which git does not keep.
import { ROOT, vitestOnce } from "./vitest-once.ts";

vitestOnce("test/dashboard/pictures", {
  DURABLE_PICTURES: `${ROOT}dashboard/pictures`,
  DURABLE_SCREENS: process.argv.slice(2).join(),
});
