/**
 * Owns asking the house for a report or a URL map: what it would be, and saving it through whichever door this window
 * has. Must not know what can be chosen. Used by the dialogs of this folder.
 */
import { useEffect, useState } from 'react';
import type { Params } from '../../../../src-shared/contract/commands.ts';
import type { EvidencePreview } from '../../../../src-shared/model/evidence.ts';
import { type Failure, toFailure } from '../../../../src-shared/model/failure.ts';
import { showFailure, showToast } from '../../../parts/toasts.tsx';
import { call } from '../../../state/house-client.ts';

export type Order = Params<'evidence.save'>;

/** While somebody types an address, the house is asked once, not for every letter. */
const TYPING_MS = 300;

export interface Preview {
  readonly preview: EvidencePreview | null;
  readonly failure: Failure | null;
}

const NOTHING: Preview = { preview: null, failure: null };

/** `order` null: not enough is chosen yet. */
export function usePreview(order: Order | null): Preview {
  const [shown, setShown] = useState(NOTHING);
  const asked = order === null ? null : JSON.stringify(order);
  useEffect(() => {
    if (asked === null) {
      setShown(NOTHING);
      return;
    }
    let isWanted = true;
    const timer = window.setTimeout(() => {
      call('evidence.preview', JSON.parse(asked) as Order).then(
        (preview) => isWanted && setShown({ preview, failure: null }),
        (thrown: unknown) => isWanted && setShown({ preview: null, failure: toFailure(thrown) }),
      );
    }, TYPING_MS);
    return () => {
      isWanted = false;
      window.clearTimeout(timer);
    };
  }, [asked]);
  return shown;
}

/** True when it is saved or on its way; false when the person closed the dialog or it failed, which was said. */
export async function saveEvidence(order: Order): Promise<boolean> {
  try {
    const saved = await call('evidence.save', order);
    if (saved.kind === 'saved') showToast(`Saved as ${saved.path}`);
    if (saved.kind === 'link') followDownload(saved.path);
    return saved.kind !== 'closed';
  } catch (thrown) {
    showFailure(thrown);
    return false;
  }
}

/** The browser streams it to disk by itself; the page stays where it is. */
function followDownload(path: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.download = '';
  link.click();
}
