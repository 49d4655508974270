/** Of this package; shown to operators and written into the engines table. */
export const VERSION = "0.1.0";
