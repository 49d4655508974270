// Columns and heights that head, rows and the lines behind them share.

export const ROW_PX = 28;
export const NARROW_ROW_PX = 52;

/** Name, status, duration, bar. */
export const COLUMNS = "grid grid-cols-[minmax(11rem,31%)_1.75rem_6.25rem_minmax(0,1fr)]";
/** On a phone the bar stands below the name. */
export const NARROW_COLUMNS = "grid grid-cols-[minmax(0,1fr)_1.75rem_6rem]";
