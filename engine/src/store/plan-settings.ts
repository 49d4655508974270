/** The hot path must never plan a scan: its tables are empty when the plans are made and full when they run. */
export const PLAN_SETTINGS: Readonly<Record<string, string>> = {
  jit: "off",
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
};

/**
 * Pages are composed of what people ask for and how many they want. A plan for any number of them takes a tenth of the table for
 * likely, and joins and sorts that; one for what is asked costs a millisecond.
 */
export const PAGE_SETTINGS: Readonly<Record<string, string>> = {
  jit: "off",
  plan_cache_mode: "force_custom_plan",
};
