/** Owns the old address as one text, as a browser asks for it. Pure. Used by the formats of this folder. */
import { requestPath, type WebAddress } from '../web-address.ts';

export function oldUrl({ origin, path, query }: WebAddress): string {
  return `${origin}${requestPath(path)}${query}`;
}

/** Why a target that matches the path alone cannot hold it; null: it can. */
export function queryComplaint({ query }: WebAddress): string | null {
  return query === '' ? null : 'its old address has a query, which this target does not look at';
}
