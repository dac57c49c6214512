/**
 * Owns what the JSON key of a service account must hold. Pure. Must not let any of it into a message. Called by
 * gcs-settings.ts.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { fail } from '../../../src-shared/model/failure.ts';

export interface ServiceAccount {
  readonly email: string;
  /** Names the key among those of the account. */
  readonly keyId: string;
  readonly privateKey: KeyObject;
  /** Where a signed statement is exchanged for an access token. */
  readonly tokenUri: URL;
}

const KEY = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key_id: z.string().min(1),
  private_key: z.string().min(1),
  token_uri: z.url({ protocol: /^https?$/ }),
});

/** Throws `invalid-input` at the field of the key. */
export function readServiceAccount(json: string): ServiceAccount {
  const checked = KEY.safeParse(parse(json));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const where = issue?.path.join('.') ?? '';
    const isOtherKind = where === 'type';
    return refuse(
      where === ''
        ? 'it is not a JSON object'
        : isOtherKind
          ? 'it is not of the type "service_account"'
          : `its "${where}" is missing or unreadable`,
    );
  }
  const { client_email, private_key_id, private_key, token_uri } = checked.data;
  return {
    email: client_email,
    keyId: private_key_id,
    privateKey: readPrivateKey(private_key),
    tokenUri: new URL(token_uri),
  };
}

/** The parser's own message quotes the text, so it is left out. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return refuse('it is not JSON');
  }
}

function readPrivateKey(pem: string): KeyObject {
  let key: KeyObject | null = null;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Said below, without what was in it.
  }
  return key?.asymmetricKeyType === 'rsa' ? key : refuse('its "private_key" is no RSA key');
}

function refuse(reason: string): never {
  return fail('invalid-input', `This is not the key of a service account: ${reason}.`, {
    field: 'secrets.serviceAccountKey',
    hint: 'Paste the whole JSON file that Google Cloud gave out when the key was made.',
  });
}
