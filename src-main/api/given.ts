/**
 * Owns the bridge between zod's optional fields, which may be there and undefined, and ours, which are there or not.
 * Pure. Used by the handlers.
 */
type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is undefined. */
export function given<T extends Record<string, unknown>>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
