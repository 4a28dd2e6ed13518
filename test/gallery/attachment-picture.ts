// Owns the pictures of the gallery's attachments: painted and marked as the portal does.

import { agreementPdf } from '../../server/try/sample-pdf.ts';
import { paintPage } from '../../server/viewing/paint/paint.ts';
import type { PaintAsk } from '../../server/viewing/paint-protocol.ts';

const TEXT = Buffer.from('Room,Thing,Number\nKitchen,Table,1\nKitchen,Chair,4\nHall,Piano,1\nHall,Mirror,2\n');

/** @param path `messages/1/attachments/pdf/pages/1` */
export async function attachmentPicture(path: string): Promise<Buffer> {
  const isText = path.includes('/text/');
  const ask: PaintAsk = {
    task: 'draw',
    file: { kind: isText ? 'text' : 'pdf' },
    page: 1,
    zoom: path.includes('large') ? '150' : 'fit',
    wantsText: false,
    mark: 'bob@example.net · Saturday 21 November 2026, 14:05 UTC',
    format: 'png',
  };
  return (await paintPage(ask, isText ? TEXT : agreementPdf('Monday 30 November'))).image;
}
