export { createEngine, type Engine, type EngineConfig } from "./engine.ts";
