/** A tag: a word that runs are found by. */
export const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,99}$/;

/** A path to a value of an event, `data.user.id`, that runs are found by. */
export const SEARCHABLE_PATH = /^(?=.{1,200}$)data(?:\.[A-Za-z0-9_-]+)+$/;
