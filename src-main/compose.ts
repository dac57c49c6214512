/**
 * Owns the wiring: the only file that knows every room. Starts store → coordinator → scheduler → api → workers and
 * stops them in reverse. Must not hold logic of its own. Called by the doors (main.ts, headless.ts) and by tests.
 */
import type { House } from './api/house.ts';
import type { Ports } from './ports.ts';

/** Opens the profile and starts the house. Rejects with FailureError when the profile cannot be owned or opened. */
export async function startHouse(_ports: Ports): Promise<House> {
  throw new Error('The house has no rooms yet.');
}
