/** Owns making a certificate for loopback that signs itself. Needs openssl. Used by servers with TLS. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Writes tls.crt and tls.key into the folder. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const made = { certificateFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  const files = ['-keyout', made.keyFile, '-out', made.certificateFile];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files]);
  return made;
}
