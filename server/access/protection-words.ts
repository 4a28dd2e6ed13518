// Owns saying a protection honestly: what is enforced, what is only made harder, and what nobody can
// prevent. Pure.

import { hasRight } from './reading.ts';
import type { MessageState } from './reading.ts';
import { moment } from '../render/moment.ts';
import type { ProtectionView } from '../render/page-models.ts';

/** To a reader it speaks of what they may, to the sender of what the readers may. */
export function protectionView(
  message: Pick<MessageState, 'rights' | 'expires_at'> & { readonly protection: string },
  nowMs: number,
  speakingTo: 'reader' | 'sender' = 'reader',
): ProtectionView {
  const may = (right: string): boolean => hasRight(message, right);
  const expires = message.expires_at === null ? undefined : moment(message.expires_at, nowMs);
  const say = speeches[speakingTo];
  return {
    label: protectionLabel(message.protection),
    sentence: sentence(may, say.who),
    ...(expires === undefined ? {} : { expires }),
    enforced: [
      say.opening,
      say.takingBack,
      ...(expires === undefined ? [] : ['It closes by itself on its last day']),
      ...(may('forward') ? [] : ['It cannot be forwarded from here']),
      ...(may('download') ? [] : ['Its files are shown as pictures and do not leave this page']),
    ],
    hindered: [...(may('copy') ? [] : ['Copying text']), ...(may('print') ? [] : ['Printing'])],
    notPrevented: [may('forward') ? say.passingOn : say.photograph],
  };
}

const speeches = {
  reader: {
    who: 'You',
    opening: 'Only you can open it here, after proving your address',
    takingBack: 'The sender can take it back at any time',
    passingOn: 'What you save or forward is no longer under the control of its sender',
    photograph: 'A photograph of the screen; your address stands on the page',
  },
  sender: {
    who: 'Its readers',
    opening: 'Only its readers can open it, each after proving their address',
    takingBack: 'You can take it back at any time',
    passingOn: 'What its readers save or forward is no longer under your control',
    photograph: 'A photograph of the screen; the address of its reader stands on the page',
  },
};

export function protectionLabel(protection: string): string {
  return labels[protection] ?? protection;
}

const labels: Record<string, string> = {
  'encrypt-only': 'Encrypted',
  'do-not-forward': 'Do not forward',
};

function sentence(may: (right: string) => boolean, who: string): string {
  if (may('forward') && may('download')) return `${who} may answer, forward, print and save this message.`;
  if (may('reply')) return `${who} may read and answer this message, but not pass it on, print it or save its files.`;
  return `${who} may read this message, but not pass it on, print it or save its files.`;
}
