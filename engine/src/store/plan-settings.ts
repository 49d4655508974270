/** The hot path must never plan a scan: its tables are empty when the plans are made and full when they run. */
export const PLAN_SETTINGS: Readonly<Record<string, string>> = {
  jit: "off",
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
};
