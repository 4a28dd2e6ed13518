// Owns turning an Office file into a PDF by LibreOffice, where that is installed and can be locked away from network
// and files; else there is a plain text view. LibreOffice works on files only, so the bytes lie in clear in a folder of
// their own, in memory where the system has /dev/shm, for the seconds that this takes.

import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OfficeEnding } from '../files/kind.ts';
import { viewingLimits } from './limits.ts';
import { runLocked } from './locked-process.ts';

export interface OfficeConverter {
  /** The PDF, or undefined when it could not be made in time. */
  convert(bytes: Buffer, ending: OfficeEnding, budgetMs: number, signal?: AbortSignal): Promise<Buffer | undefined>;
}

/** Undefined where LibreOffice is missing. To be asked for only where it can be locked away. */
export async function findOfficeConverter(): Promise<OfficeConverter | undefined> {
  const soffice = placeOfOffice();
  if (soffice === undefined) return undefined;
  const readable = [dirname(dirname(realpathSync(soffice)))];
  await removeLeftOvers();
  return {
    convert: async (bytes, ending, budgetMs, signal) => {
      const folder = await mkdtemp(join(BASE, `${PREFIX}${process.pid}-`)); // mode 0700
      try {
        await writeFile(join(folder, `file.${ending}`), bytes, { mode: 0o600 });
        await mkdir(join(folder, 'profile/user'), { recursive: true });
        await writeFile(join(folder, 'profile/user/registrymodifications.xcu'), PROFILE);
        const end = await runLocked({
          file: 'sh',
          // The PDF comes back through the pipe: no path that the converter made is ever opened out here.
          args: ['-c', `"$0" "$@" && cat /job/file.pdf >&3`, soffice, ...FLAGS, `/job/file.${ending}`],
          folder,
          readable,
          budgetMs,
          memoryBytesMax: viewingLimits.convertMemoryBytesMax,
          fileBytesMax: viewingLimits.convertFileBytesMax,
          isolated: true,
          ...(signal === undefined ? {} : { signal }),
        });
        return end.ended === 'well' ? end.answer : undefined;
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

/** Where LibreOffice is, if it is. */
export function placeOfOffice(): string | undefined {
  return PLACES.find((path) => existsSync(path));
}

const PLACES = ['/usr/bin/soffice', '/usr/local/bin/soffice', '/usr/lib/libreoffice/program/soffice'];
const FLAGS = [
  '-env:UserInstallation=file:///job/profile',
  '--headless',
  '--norestore',
  '--nolockcheck',
  '--nodefault',
  '--convert-to',
  'pdf',
  '--outdir',
  '/job',
];
const BASE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const PREFIX = 'sealpost-view-';

// No macros, nothing linked is loaded, nothing is brought up to date. Beside the lock, not instead of it.
const PROFILE = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
${[
  ['Common/Security/Scripting', 'DisableMacrosExecution', 'true'],
  ['Common/Security/Scripting', 'BlockUntrustedRefererLinks', 'true'],
  ['Common/Security/Scripting', 'MacroSecurityLevel', '3'],
  ['Calc/Content/Update', 'Link', '2'],
  ['Writer/Content/Update', 'Link', '0'],
]
  .map(
    ([path, name, value]) =>
      `<item oor:path="/org.openoffice.Office.${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`,
  )
  .join('\n')}
</oor:items>
`;

// Of a process that was killed while it converted: what it left lies in clear.
async function removeLeftOvers(): Promise<void> {
  for (const name of readdirSync(BASE)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(BASE, name), { recursive: true, force: true }).catch(() => undefined); // another user's
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
