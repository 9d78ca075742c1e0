/** A value that follows the generation in force: ask each time, or pin it once for a whole batch. */
export type Current<T> = { readonly value: T };

/** A part of a value that follows. */
export function viewOf<T, Part>(current: Current<T>, part: (value: T) => Part): Current<Part> {
  return {
    get value() {
      return part(current.value);
    },
  };
}
