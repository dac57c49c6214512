/**
 * Owns giving a list of addresses: pasted, or from a file, what was read from it, and the lines that need a look. Must
 * not judge the list (src-shared/url-list does). Used by the new-migration screen.
 */
import { FileUp, X } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { type Failure, fail, toFailure } from '../../../src-shared/model/failure.ts';
import { decodeText } from '../../../src-shared/report/decode-text.ts';
import { MAX_URL_LIST_BYTES, readUrlList, type UrlList } from '../../../src-shared/url-list/read-url-list.ts';
import { formatCount, formatNumberOf } from '../../format/count.ts';
import { AssetKey } from '../../parts/asset-key.tsx';
import { Button, IconButton } from '../../parts/button.tsx';
import { TextField } from '../../parts/text-field.tsx';
import type { ListFile } from './form-state.ts';
import styles from './new-migration-screen.module.css';

/** More lines than this are told as a number. */
const MOST_SHOWN = 5;

export interface UrlListFormProps {
  readonly text: string;
  readonly file: ListFile | null;
  readonly failure: Failure | undefined;
  readonly onChange: (changed: { readonly urls?: string; readonly urlFile?: ListFile | null }) => void;
  /** The file cannot be read. */
  readonly onRefused: (failure: Failure) => void;
}

export function UrlListForm({ text, file, failure: told, onChange, onRefused }: UrlListFormProps) {
  const given = file?.text ?? text;
  const list = useMemo(() => readUrlList(given), [given]);

  async function read(chosen: File): Promise<void> {
    try {
      onChange({ urlFile: { name: chosen.name, text: await textOf(chosen) } });
    } catch (thrown) {
      onRefused(toFailure(thrown));
    }
  }

  return (
    <>
      {file === null ? (
        <TextField
          label="Addresses"
          value={text}
          onChange={(urls) => onChange({ urls })}
          rows={8}
          help="One address a line. A TAB, or a comma and a space, may stand before a destination key. # begins a remark. A table whose first line names its columns may also give size, md5 and sha256."
          placeholder={'https://static.example.com/a.jpg\nhttps://static.example.com/b.jpg\timages/b.jpg'}
          failure={told}
          mono
        />
      ) : (
        <ChosenFile file={file} failure={told} onDrop={() => onChange({ urlFile: null })} />
      )}
      <ChooseFile isChosen={file !== null} onChosen={(chosen) => void read(chosen)} />
      {given.trim() !== '' && <WhatWasRead list={list} />}
    </>
  );
}

async function textOf(chosen: File): Promise<string> {
  if (chosen.size > MAX_URL_LIST_BYTES) {
    fail('too-large', 'The file is too large for a list of addresses.');
  }
  const bytes = new Uint8Array(await chosen.arrayBuffer());
  return decodeText(bytes, new TextDecoder('utf-8', { fatal: true }), 'selection');
}

function ChooseFile({ isChosen, onChosen }: { readonly isChosen: boolean; readonly onChosen: (chosen: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div>
      <Button icon={FileUp} onClick={() => input.current?.click()}>
        {isChosen ? 'Choose another file' : 'From a file'}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".txt,.csv,.tsv"
        aria-label="File of addresses"
        hidden
        onChange={({ target }) => {
          const chosen = target.files?.[0];
          // The same file may be chosen again after it was mended.
          target.value = '';
          if (chosen !== undefined) onChosen(chosen);
        }}
      />
    </div>
  );
}

function ChosenFile({
  file,
  failure: told,
  onDrop,
}: {
  readonly file: ListFile;
  readonly failure: Failure | undefined;
  readonly onDrop: () => void;
}) {
  return (
    <TextField
      label="Addresses"
      value={file.name}
      onChange={() => undefined}
      failure={told}
      readOnly
      mono
      action={<IconButton icon={X} label={`Leave out ${file.name}`} tone="outlined" onClick={onDrop} />}
    />
  );
}

function WhatWasRead({ list }: { readonly list: UrlList }) {
  const { assets, problems, commaLines, stated } = list;
  const withKey = assets.find((asset) => asset.destinationKey !== undefined);
  const more = problems.length - MOST_SHOWN;
  return (
    <div className={styles.list} role="status">
      <p>
        {formatNumberOf(assets.length, 'address', 'addresses')} read
        {stated > 0 && `, ${formatCount(stated)} with a size or a digest that must hold`}.
      </p>
      {withKey?.destinationKey !== undefined && (
        <p className={styles.example}>
          <AssetKey value={withKey.sourceKey} /> <span aria-hidden>→</span> <AssetKey value={withKey.destinationKey} />
        </p>
      )}
      {commaLines > 0 && (
        <p>
          {formatNumberOf(commaLines, 'line')} with a comma {commaLines === 1 ? 'was' : 'were'} read as one address. Put
          a space after the comma if a destination key follows it.
        </p>
      )}
      {problems.length > 0 && (
        <ul className={styles.problems} aria-label="Lines that need a look">
          {problems.slice(0, MOST_SHOWN).map(({ line, message }) => (
            <li key={line}>
              <strong>Line {formatCount(line)}</strong> {message}
            </li>
          ))}
          {more > 0 && <li>and {formatNumberOf(more, 'more line')}</li>}
        </ul>
      )}
    </div>
  );
}
