/**
 * Owns looking at an asset and reading its bytes. Called by webdav-provider.ts.
 *
 * A folder answers GET on many servers, with a page that lists it; so what is read was seen as a file before, by the
 * listing or by a look of our own.
 */
import type { AssetHead } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { OpenedAsset, OpenOptions } from '../provider.ts';
import { bytesWanted, wholeSizeOf } from '../wire/ranged-answer.ts';
import { receivedChunks } from '../wire/received-body.ts';
import { contentHeadersOf, headerOf, lastModifiedOf } from '../wire/response-headers.ts';
import { listedResource, lookAt } from './propfind.ts';
import { isVersion, sizeOfVersion } from './resource-version.ts';
import type { WebdavClient } from './webdav-client.ts';

export interface AssetPlace {
  readonly key: string;
  /** Percent-encoded, from the top of the server. */
  readonly path: string;
}

/** null when there is no such file. Of the content headers only the type is known before reading. */
export async function headAsset(
  client: WebdavClient,
  place: AssetPlace,
  signal: AbortSignal,
): Promise<AssetHead | null> {
  const resource = await lookAt(client, place.path, signal);
  if (resource?.kind !== 'file') return null;
  const { contentType } = resource;
  const headers = contentType === undefined ? {} : { contentType };
  return { ...listedResource(place.key, resource), headers, metadata: {}, digests: {} };
}

export async function openAsset(client: WebdavClient, place: AssetPlace, options: OpenOptions): Promise<OpenedAsset> {
  const { range, signal } = options;
  const { key, path } = place;
  const { host } = client.settings;
  const token = options.ifVersion ?? (await versionThere(client, place, signal));
  const answer = await client.request({
    method: 'GET',
    path,
    headers: range === undefined ? {} : { range: `bytes=${range.first}-${range.last}` },
    accepts: [200, 206],
    deed: `read ${path}`,
    signal,
  });
  try {
    const { status, headers } = answer;
    const toldBytes = wholeSizeOf(status, headers);
    // Some servers send files without a length, and say it in PROPFIND only.
    const sizeBytes = toldBytes < 0 ? sizeOfVersion(token) : toldBytes;
    const modifiedAtMs = lastModifiedOf(headers);
    if (token !== undefined && !isVersion(token, { sizeBytes, modifiedAtMs, etag: headerOf(headers, 'etag') })) {
      fail('source-changed', `${path} at ${host} is another version than before.`);
    }
    const wanted = bytesWanted(answer, range, path);
    const promised = { host, ...wanted, sizeBytes: wanted.sizeBytes < 0 ? sizeBytes : wanted.sizeBytes };
    return {
      head: {
        key,
        sizeBytes,
        ...(token === undefined ? {} : { versionToken: token }),
        ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
        headers: contentHeadersOf(headers),
        metadata: {},
        digests: {},
      },
      body: receivedChunks(answer.body, promised, signal),
      close: () => answer.body.destroy(),
    };
  } catch (thrown) {
    answer.body.destroy();
    throw thrown;
  }
}

async function versionThere(client: WebdavClient, place: AssetPlace, signal: AbortSignal): Promise<string | undefined> {
  const head = await headAsset(client, place, signal);
  return (head ?? fail('not-found', `There is no file ${place.path} at ${client.settings.host}.`)).versionToken;
}
