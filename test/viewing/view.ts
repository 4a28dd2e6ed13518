// Owns looking at a file in a test, as the portal does.

import { systemClock } from '../../server/core/clock.ts';
import { createLog } from '../../server/core/log.ts';
import { createViewer } from '../../server/viewing/viewer.ts';
import { patient } from '../support/program.ts';
import type { View, ViewedFile, Viewer, ViewerOptions } from '../../server/viewing/viewer.ts';

export const MARK = 'bob@recipient.example · Friday 27 November 2026, 20:03 UTC';

const log = createLog({ level: 'silent', pretty: false });

export function testViewer(options: Partial<ViewerOptions> = {}): Viewer {
  return createViewer({ clock: systemClock, log, limits: patient, ...options });
}

let made = 0;

export function fileOf(bytes: Buffer): ViewedFile {
  made += 1;
  return {
    key: `file ${made}`,
    size: bytes.length,
    async *read() {
      yield bytes;
    },
  };
}

export function look(viewer: Viewer, bytes: Buffer, page = 1): Promise<View> {
  return viewer.look(fileOf(bytes), { page, zoom: 'fit', wantsText: true });
}

export function draw(viewer: Viewer, bytes: Buffer, more: { page?: number; mark?: string | null } = {}): Promise<View> {
  const { page = 1, mark = MARK } = more;
  return viewer.draw(fileOf(bytes), { page, zoom: 'fit', mark, format: 'png' });
}
