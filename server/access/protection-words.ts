// Owns saying a protection honestly: what is enforced, what is only made harder, and what nobody can
// prevent. Pure.

import { hasRight } from './reading.ts';
import type { MessageState } from './reading.ts';
import { moment } from '../render/moment.ts';
import type { ProtectionView } from '../render/page-models.ts';

export function protectionView(
  message: Pick<MessageState, 'rights' | 'expires_at'> & { readonly protection: string },
  nowMs: number,
): ProtectionView {
  const may = (right: string): boolean => hasRight(message, right);
  const expires = message.expires_at === null ? undefined : moment(message.expires_at, nowMs);
  return {
    label: protectionLabel(message.protection),
    sentence: sentence(may),
    ...(expires === undefined ? {} : { expires }),
    enforced: [
      'Only you can open it here, after proving your address',
      'The sender can take it back at any time',
      ...(expires === undefined ? [] : ['It closes by itself on its last day']),
      ...(may('forward') ? [] : ['It cannot be forwarded from here']),
      ...(may('download') ? [] : ['Its files do not leave this page']),
    ],
    hindered: [...(may('copy') ? [] : ['Copying text']), ...(may('print') ? [] : ['Printing'])],
    notPrevented: may('forward')
      ? ['What you save or forward is no longer under the sender’s control']
      : ['A photograph of the screen; your address stands on the page'],
  };
}

export function protectionLabel(protection: string): string {
  return labels[protection] ?? protection;
}

const labels: Record<string, string> = {
  'encrypt-only': 'Encrypted',
  'do-not-forward': 'Do not forward',
};

function sentence(may: (right: string) => boolean): string {
  if (may('forward') && may('download')) return 'You may answer, forward, print and save this message.';
  if (may('reply')) return 'You may read and answer this message, but not pass it on, print it or save its files.';
  return 'You may read this message, but not pass it on, print it or save its files.';
}
