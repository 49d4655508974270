export { tempFolder } from "../../engine/src/testing/temp-folder.ts";
