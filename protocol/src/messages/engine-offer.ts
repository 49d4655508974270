/** How an engine describes itself to an app that it calls. */
export interface EngineOffer {
  environment: string;
  /** Names the SDK does not know are ignored. */
  capabilities: string[];
}
