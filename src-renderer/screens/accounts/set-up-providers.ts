/** Owns which providers a person can make an account of: not the internal ones, not those that need no set-up. Pure. */
import type { ProviderDescriptor } from '../../../src-shared/model/provider.ts';

/** A provider without options has nothing to set up: its built-in account is all there is. */
export function setUpProviders(providers: readonly ProviderDescriptor[]): readonly ProviderDescriptor[] {
  return providers
    .filter((provider) => !provider.internal && provider.options.length > 0)
    .toSorted((one, other) => Number(one.builtInAccount !== null) - Number(other.builtInAccount !== null));
}
