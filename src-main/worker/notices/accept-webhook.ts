/**
 * Owns which addresses a webhook may have: http or https, no credentials in it, and nothing private unless somebody
 * said so. A name is judged again, by what it resolves to, each time it is called. Called when a rule is saved and by
 * send-webhook.ts.
 */
import { FailureError, fail, failure } from '../../../src-shared/model/failure.ts';
import { assertAllowedHost } from '../../providers/http/guarded-lookup.ts';

export interface WebhookAddress {
  readonly url: string;
  readonly allowPrivate: boolean;
}

const FIELD = 'target.url';
const SHAPE = { field: FIELD, hint: 'A whole address looks like https://example.com/hooks/transship.' };

/** Throws FailureError at `target.url`. */
export function acceptWebhook({ url: text, allowPrivate }: WebhookAddress): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    fail('invalid-input', 'A webhook is called at an http:// or https:// address.', SHAPE);
  }
  if (url.username !== '' || url.password !== '') {
    fail('invalid-input', 'User name and password do not belong in the address.', {
      field: FIELD,
      hint: 'Receivers know us by the signature: give the notice a signing secret.',
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isNamedLocal = /(^|\.)localhost\.?$/i.test(host);
  try {
    assertAllowedHost(isNamedLocal ? '127.0.0.1' : host, allowPrivate);
  } catch {
    throw closedAddress(host);
  }
  return url;
}

/** For a host that is, or whose name leads to, an address that is not called. */
export function closedAddress(host: string): FailureError {
  return new FailureError(
    failure('permission-denied', `${host} is a private or closed address.`, {
      field: FIELD,
      hint: 'Turn on "Allow private addresses" if the receiver stands in your own network. Metadata services stay closed.',
    }),
  );
}
