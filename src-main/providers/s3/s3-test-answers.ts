/** Owns how the S3 service inside tests says things in XML, and that it deleted something. Called by s3-test-server.ts. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export function sendError(response: ServerResponse, status: number, code: string): void {
  sendXml(response, status, `<Error><Code>${code}</Code><Message>Refused by the test.</Message></Error>`);
}

export function sendXml(response: ServerResponse, status: number, xml: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
  response
    .writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) })
    .end(body);
}

/** Unless it is another version than the one that is expected, if any is. */
export function sendDeleted(
  request: IncomingMessage,
  response: ServerResponse,
  bucket: Map<string, { readonly etag: string }>,
  key: string,
): void {
  const expected = request.headers['if-match'];
  const there = bucket.get(key);
  if (expected !== undefined && there !== undefined && expected !== `"${there.etag}"`) {
    sendError(response, 412, 'PreconditionFailed');
    return;
  }
  bucket.delete(key);
  response.writeHead(204).end();
}

/** Two parts a page, so that whoever reads one page only is found out. */
export function partsPage(
  parts: ReadonlyMap<number, { readonly bytes: Buffer; readonly etag: string }>,
  marker: string | null,
): string {
  const after = [...parts].filter(([number]) => number > Number(marker ?? 0)).sort(([one], [other]) => one - other);
  const rows = after
    .slice(0, 2)
    .map(([number, { bytes, etag }]) => {
      const fields = `<PartNumber>${number}</PartNumber><ETag>&quot;${etag}&quot;</ETag><Size>${bytes.length}</Size>`;
      return `<Part>${fields}</Part>`;
    })
    .join('');
  const next = after[1]?.[0] ?? 0;
  const paging = `<IsTruncated>${after.length > 2}</IsTruncated><NextPartNumberMarker>${next}</NextPartNumberMarker>`;
  return `<ListPartsResult>${paging}${rows}</ListPartsResult>`;
}
