/**
 * Owns which environment variables a worker process sees: what the network and temporary files need, nothing that
 * could hold a secret of the user. Called by fork-worker.ts and electron/utility-worker.ts.
 */

const PASSED_ON = [
  'TZ',
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'TMP',
  'TEMP',
  // Windows opens no socket without it.
  'SystemRoot',
  // Company networks: their certificates and their proxy.
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  // The agent that holds SSH keys: the path of its socket.
  'SSH_AUTH_SOCK',
] as const;

/** The least environment a worker can live with. Pure. */
export function workerEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = env[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
