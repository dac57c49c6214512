/**
 * Owns web servers as a source: container = index page, or sitemap, or empty; without an index page every key is
 * a whole address. Reads only. Made by
 * registry.ts; called by workers.
 */
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { isSitemap, keysAreUrls } from '../../../src-shared/model/url-key.ts';
import { type AccountValues, optionValue, TOGGLE_ON } from '../account-options.ts';
import { trustOf } from '../certificate-authority.ts';
import { ListCursors } from '../list-cursors.ts';
import type { ByteRange, CreateProvider, ListPage, OpenedAsset, OpenOptions, Provider } from '../provider.ts';
import { bytesWanted } from '../wire/ranged-answer.ts';
import { receivedChunks } from '../wire/received-body.ts';
import { contentLengthOf, endsUnmarked, headerOf } from '../wire/response-headers.ts';
import { type Address, addressText, indexFolder, keyAddress, parseAddress, shownAddress } from './address.ts';
import { checkHttp } from './check-http.ts';
import { httpDescriptor, SAME_HOST } from './descriptor.ts';
import { type Resolve, resolveBySystem } from './guarded-lookup.ts';
import { httpHead, isStrongETag } from './http-asset.ts';
import { type HttpAnswer, HttpClient, type SignIn } from './http-client.ts';
import { httpFailure } from './http-failure.ts';
import { walkIndex } from './walk-index.ts';
import { type SitemapAsset, walkSitemap } from './walk-sitemap.ts';

export const createHttp: CreateProvider = (account) => createHttpWith(account, resolveBySystem);

/** As `createHttp`, with another resolver of names than the system's. */
export function createHttpWith(account: AccountValues, resolve: Resolve): Provider {
  const allowPrivate = optionValue(httpDescriptor, account, 'allowPrivateAddresses') === TOGGLE_ON;
  const sitemapHosts = optionValue(httpDescriptor, account, 'sitemapHosts');
  const settings = { allowPrivate, signIn: signInOf(account), trust: trustOf(account), resolve };
  return new HttpProvider(new HttpClient(settings), sitemapHosts);
}

type ListOptions = Parameters<Provider['list']>[2];

class HttpProvider implements Provider {
  readonly descriptor = httpDescriptor;
  readonly #client: HttpClient;
  readonly #sitemapHosts: string;
  readonly #cursors = new ListCursors();
  readonly #sitemaps = new ListCursors<SitemapAsset>(({ place }) => place);

  constructor(client: HttpClient, sitemapHosts: string) {
    this.#client = client;
    this.#sitemapHosts = sitemapHosts;
  }

  async list(container: string, prefix: string, options: ListOptions): Promise<ListPage> {
    if (container === '') {
      fail('unsupported', 'Without an index page there is nothing to list.', {
        field: 'container',
        hint: 'Enter the address of an index page, or give a list of addresses.',
      });
    }
    if (isSitemap(container)) return this.#listSitemap(container, prefix, options);
    const folder = indexFolder(container);
    return this.#cursors.page(`${prefix}\0${addressText(folder)}`, options, (after, signal) =>
      walkIndex(this.#client, folder, { prefix, after, signal }),
    );
  }

  async #listSitemap(container: string, prefix: string, options: ListOptions): Promise<ListPage> {
    const sameHost = this.#sitemapHosts === SAME_HOST;
    const { assets, position } = await this.#sitemaps.page(`${prefix}\0${container}`, options, (after, signal) =>
      walkSitemap(this.#client, container, { prefix, sameHost, after, signal }),
    );
    return { assets: assets.map(({ key, sizeBytes }) => ({ key, sizeBytes })), position };
  }

  async head(container: string, key: string, signal: AbortSignal): Promise<AssetHead | null> {
    const address = addressOf(container, key);
    const answer = await this.#headOrGet(address, signal);
    answer.body.destroy();
    if (answer.status === 404 || answer.status === 410) return null;
    if (answer.status !== 200) throw httpFailure(answer.status, answer.headers, address);
    return httpHead(key, answer.status, answer.headers);
  }

  async open(container: string, key: string, options: OpenOptions): Promise<OpenedAsset> {
    const address = addressOf(container, key);
    const { range, ifVersion, signal } = options;
    const answer = await this.#client.request('GET', address, conditions(range, ifVersion), signal);
    try {
      if (answer.status !== 200 && answer.status !== 206) {
        throw httpFailure(answer.status, answer.headers, address);
      }
      const head = httpHead(key, answer.status, answer.headers);
      if (ifVersion !== undefined && head.versionToken !== ifVersion) {
        fail('source-changed', `${shownAddress(address)} is another version than before.`);
      }
      const promised = { host: address.origin, ...bytesWanted(answer, range, shownAddress(address)) };
      return {
        head,
        body: receivedChunks(answer.body, promised, signal),
        ...(endsUnmarked(answer.headers) ? { endsUnmarked: true } : {}),
        close: () => answer.body.destroy(),
      };
    } catch (thrown) {
      answer.body.destroy();
      throw thrown;
    }
  }

  async write(): Promise<never> {
    return throwReadOnly();
  }

  async remove(): Promise<void> {
    throwReadOnly();
  }

  check(container: string, prefix: string, role: LocationRole, signal: AbortSignal): Promise<CheckReport> {
    return checkHttp(
      { provider: this, container, prefix, signal },
      this.#client,
      role,
      this.#sitemapHosts === SAME_HOST,
    );
  }

  assertKey(): void {
    throwReadOnly();
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /**
   * Some servers have no HEAD: 405 or 501. Others leave out the length, which is part of the version where there is no
   * ETag. Their GET says all of it before the body, which is not read.
   */
  async #headOrGet(address: Address, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.#client.request('HEAD', address, {}, signal);
    const { status, headers } = answer;
    const isVague = status === 200 && contentLengthOf(headers) < 0 && headerOf(headers, 'etag') === undefined;
    if (status !== 405 && status !== 501 && !isVague) return answer;
    answer.body.destroy();
    return this.#client.request('GET', address, {}, signal);
  }
}

function addressOf(container: string, key: string): Address {
  return keysAreUrls(container) ? parseAddress(key, 'key') : keyAddress(indexFolder(container), key);
}

function conditions(range: ByteRange | undefined, ifVersion: string | undefined): Record<string, string> {
  return {
    ...(range === undefined ? {} : { range: `bytes=${range.first}-${range.last}` }),
    ...(ifVersion !== undefined && isStrongETag(ifVersion) ? { 'if-match': ifVersion } : {}),
  };
}

/** Throws `invalid-input` when a secret has no address at which it is valid. */
function signInOf(account: AccountValues): SignIn | null {
  const user = account.options.user ?? '';
  const password = account.secrets.password ?? '';
  const token = account.secrets.token ?? '';
  const at = account.options.signInAddress ?? '';
  if (user === '' && password === '' && token === '') return null;
  if (at === '') {
    fail('invalid-input', 'A user name, password or token needs the address of the server that gets it.', {
      field: 'options.signInAddress',
    });
  }
  if (!/^[\x21-\x7e]*$/.test(token)) {
    fail('invalid-input', 'The token holds spaces or characters that no token has.', { field: 'secrets.token' });
  }
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  const { origin } = parseAddress(at, 'options.signInAddress');
  return { origin, authorization: token === '' ? `Basic ${basic}` : `Bearer ${token}` };
}

function throwReadOnly(): never {
  return fail('unsupported', 'Nothing can be written to a web server over plain HTTP.', {
    hint: 'Choose another destination.',
  });
}
