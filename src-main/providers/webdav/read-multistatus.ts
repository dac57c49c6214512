/**
 * Owns the reading of multi-status answers (RFC 4918, section 13) while they arrive: names are told apart by namespace,
 * properties count only where their own status is good. Must not accept a document type (entity bombs need one), bytes
 * that are not UTF-8, or an end that is missing. Called by propfind.ts.
 */
import { Parser } from 'htmlparser2';
import { fail } from '../../../src-shared/model/failure.ts';

/** What the answer says about one resource. Empty and undefined: it does not say. */
export interface DavResource {
  /** As it stands there: a path or a whole address, percent-encoded. */
  readonly href: string;
  /** Of the resource as a whole; 200 where only its properties have one. */
  readonly status: number;
  readonly kind: 'file' | 'folder' | 'unknown';
  readonly sizeBytes: number;
  readonly modifiedAtMs?: number;
  readonly etag?: string;
  readonly contentType?: string;
}

/** Names of DAV: as they are; those of other namespaces are this. */
const FOREIGN = '';
/** What a longer name, address or property would be: no file system and no server makes one. */
const MAX_TEXT_CHARACTERS = 64 * 1024;

/** Calls `onResource` for each, in the order of the answer. Throws `unexpected` when it is not one whole answer. */
export async function readMultistatus(
  chunks: AsyncIterable<Uint8Array>,
  onResource: (resource: DavResource) => void,
): Promise<void> {
  const reading = startReading(onResource);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) reading.write(decoder.decode(chunk, { stream: true }));
    reading.write(decoder.decode());
  } catch (thrown) {
    if (thrown instanceof TypeError && 'code' in thrown && thrown.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throwUnreadable('it is not UTF-8');
    }
    throw thrown;
  }
  reading.end();
}

/** Properties of one propstat, which count once its status is known. */
type Properties = Map<string, string>;

function startReading(onResource: (resource: DavResource) => void) {
  const open: string[] = [];
  const namespaces: ReadonlyMap<string, string>[] = [new Map()];
  let text = '';
  let isWhole = false;
  let isOver = false;
  let href = '';
  let status = 200;
  let known: Properties = new Map();
  let pending: Properties = new Map();
  let pendingStatus = 200;

  const close = (name: string, parent: string): void => {
    if (name === 'href' && parent === 'response') href = text.trim();
    else if (name === 'status' && parent === 'response') status = statusOf(text);
    else if (name === 'status' && parent === 'propstat') pendingStatus = statusOf(text);
    else if (name === 'collection' && parent === 'resourcetype') pending.set('collection', '');
    else if (parent === 'prop' && name !== FOREIGN) pending.set(name, text.trim());
    else if (name === 'propstat') {
      if (pendingStatus >= 200 && pendingStatus < 300) known = new Map([...known, ...pending]);
      pending = new Map();
      pendingStatus = 200;
    } else if (name === 'response') {
      if (href === '') throwUnreadable('it holds a resource without an address');
      onResource(resourceOf(href, status, known));
      href = '';
      status = 200;
      known = new Map();
    }
  };
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        const scope = scopeOf(namespaces.at(-1) ?? new Map(), attributes);
        namespaces.push(scope);
        const local = davName(name, scope);
        if (open.length === 0 && local !== 'multistatus') throwUnreadable('it is no multi-status');
        open.push(local);
        text = '';
      },
      ontext: (piece) => {
        text += piece;
        if (text.length > MAX_TEXT_CHARACTERS) throwUnreadable('one of its values never ends');
      },
      onclosetag: () => {
        namespaces.pop();
        const name = open.pop() ?? FOREIGN;
        // Whatever is still open when the text is over, the parser closes by itself.
        if (isOver) return;
        if (open.length === 0) isWhole = true;
        close(name, open.at(-1) ?? FOREIGN);
        text = '';
      },
      onprocessinginstruction: (name) => {
        if (name.startsWith('!')) throwUnreadable('it holds a document type');
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  return {
    write: (piece: string) => parser.write(piece),
    end: () => {
      isOver = true;
      parser.end();
      if (!isWhole) throwUnreadable('it is no XML, or ends too early');
    },
  };
}

function resourceOf(href: string, status: number, known: Properties): DavResource {
  const length = known.get('getcontentlength') ?? '';
  const sizeBytes = /^\d+$/.test(length) ? Number(length) : -1;
  const modifiedAtMs = Date.parse(known.get('getlastmodified') ?? '');
  const etag = known.get('getetag') ?? '';
  const contentType = known.get('getcontenttype') ?? '';
  return {
    href,
    status,
    kind: known.has('collection') ? 'folder' : known.has('resourcetype') ? 'file' : 'unknown',
    sizeBytes: Number.isSafeInteger(sizeBytes) ? sizeBytes : -1,
    ...(Number.isNaN(modifiedAtMs) ? {} : { modifiedAtMs }),
    ...(etag === '' ? {} : { etag }),
    ...(contentType === '' ? {} : { contentType }),
  };
}

/** "HTTP/1.1 200 OK"; a status that cannot be read is no good one. */
function statusOf(line: string): number {
  return Number(/^\s*HTTP\/\S+\s+(\d{3})/i.exec(line)?.[1] ?? 500);
}

/** Prefixes that hold inside an element. */
function scopeOf(
  outer: ReadonlyMap<string, string>,
  attributes: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  let scope: Map<string, string> | null = null;
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    scope ??= new Map(outer);
    scope.set(name.slice('xmlns:'.length), value);
  }
  return scope ?? outer;
}

function davName(name: string, scope: ReadonlyMap<string, string>): string {
  const colon = name.indexOf(':');
  return scope.get(name.slice(0, Math.max(colon, 0))) === 'DAV:' ? name.slice(colon + 1) : FOREIGN;
}

function throwUnreadable(reason: string): never {
  return fail('unexpected', `The answer of the server is not readable: ${reason}.`, {
    hint: 'Check that the address is one of WebDAV, and that nothing on the way changes its answers.',
    retryable: true,
  });
}
