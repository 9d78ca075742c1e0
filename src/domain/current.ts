/** A value that follows the generation in force: ask each time, or pin it once for a whole batch. */
export type Current<T> = { readonly value: T };
