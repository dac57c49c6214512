/** Owns how the S3 service inside tests says things in XML. Called by s3-test-server.ts. */
import type { ServerResponse } from 'node:http';

export function sendError(response: ServerResponse, status: number, code: string): void {
  sendXml(response, status, `<Error><Code>${code}</Code><Message>Refused by the test.</Message></Error>`);
}

export function sendXml(response: ServerResponse, status: number, xml: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
  response
    .writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) })
    .end(body);
}
