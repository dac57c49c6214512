/**
 * Owns the option by which an account trusts a certificate authority of one's own, beside the public ones. There is no
 * option that passes over certificates, and must not be. Pure: no I/O. Called by the descriptors and the settings of all
 * that speak TLS; network-failure.ts points to it.
 */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { fail } from '../../src-shared/model/failure.ts';
import type { ProviderOption } from '../../src-shared/model/provider.ts';
import type { AccountValues } from './account-options.ts';

export const AUTHORITY_OPTION: ProviderOption = {
  name: 'authority',
  label: 'Certificate authority (PEM)',
  help:
    'For a server whose certificate no public authority signed: the certificate of the authority that did, as PEM text. ' +
    'It is trusted beside the public ones.',
  input: 'text',
  multiline: true,
  seldom: true,
  required: false,
  placeholder: '-----BEGIN CERTIFICATE-----',
};

export const AUTHORITY_FIELD = `options.${AUTHORITY_OPTION.name}`;

/**
 * What the connections of the account trust, made once for all of them: reading the public certificates takes
 * milliseconds. null: what Node trusts by itself. Throws `invalid-input` at the field.
 */
export function trustOf({ options }: AccountValues): SecureContext | null {
  const text = options[AUTHORITY_OPTION.name] ?? '';
  if (text.trim() === '') return null;
  return createSecureContext({ ca: [...getCACertificates(), ...certificatesIn(text)] });
}

/** Some forms take the line ends out of a text; between its marks they mean nothing. */
function certificatesIn(text: string): readonly string[] {
  if (text.includes('PRIVATE KEY-----')) {
    refuse(
      'This holds a private key, which belongs on the server only.',
      'Take the key out; the certificate is enough.',
    );
  }
  const marked = text.matchAll(/-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----/gs);
  const certificates = [...marked].map(([, body = ''], index) => {
    const lines = body.replaceAll(/\s/g, '').replaceAll(/.{64}/g, '$&\n');
    const certificate = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
    return isCertificate(certificate)
      ? certificate
      : refuse(
          `Certificate ${index + 1} in this text cannot be read.`,
          'Copy it again, from its first line to its last.',
        );
  });
  if (certificates.length > 0) return certificates;
  return refuse(
    'This is no certificate in PEM form.',
    'It begins with -----BEGIN CERTIFICATE-----. "openssl x509 -inform der -in FILE" makes it of a file in DER form.',
  );
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    // What is wrong with it is told in OpenSSL's words, which help nobody.
    return false;
  }
}

function refuse(message: string, hint: string): never {
  return fail('invalid-input', message, { field: AUTHORITY_FIELD, hint });
}
