// Runs before each file, so that what the file asks for is done when it ends.
import { afterAll } from "vitest";
import { endFile } from "./end-of-file.ts";

afterAll(endFile);
