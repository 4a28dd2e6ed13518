// Owns what is known of a file before it is read, and how a file inside of it is named. Pure.

import type { FaultReason } from '../files/file-fault.ts';

export interface InspectedFile {
  readonly bytes: Buffer;
  /** What it is called where it lies. */
  readonly name: string | undefined;
  /** Names of what it lies in, itself included unless it is the attachment itself. */
  readonly path: readonly string[];
  /** As it is declared, where it is. */
  readonly contentType: string | undefined;
  readonly charset: string | undefined;
  /** Of the whole file, where only its beginning is here. */
  readonly sizeBytes?: number;
  /** What its first bytes are, where they are not here. */
  readonly types?: readonly string[];
  /** It is the beginning of a larger text. */
  readonly isCut?: boolean;
  /** Why its bytes are not here. */
  readonly fault?: FaultReason | undefined;
  /** Archives that it lies in. */
  readonly archives: number;
}

export interface InnerFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType?: string;
  readonly charset?: string | undefined;
}

/** Names of files as they may be told. */
export function innerPath(outer: InspectedFile, name: string): string[] {
  return [...outer.path, shownName(name)];
}

const NAME_CHARACTERS_MAX = 255;

// Shown to administrators, so it must not turn their line around or end it.
function shownName(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '').slice(-NAME_CHARACTERS_MAX);
}
