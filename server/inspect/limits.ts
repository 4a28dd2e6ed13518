// Owns every bound on taking texts out of a mail, in one place. Units stand last in each name.

const MB = 1024 * 1024;

export const inspectLimits = {
  /** A larger file is not read, unless it is text: then its beginning is. */
  fileBytesMax: 20 * MB,
  /** Of a text file as much as is read. */
  textBytesMax: 8 * MB,
  /** All that comes out of the archives and mails in one attachment, in all. */
  unpackedBytesMax: 64 * MB,
  /** Text that comes out of one attachment, and of a whole mail. */
  partCharactersMax: 4 * MB,
  mailCharactersMax: 8 * MB,

  /** Files in an archive, and in one attachment with all that is inside of it. */
  archiveEntriesMax: 2_000,
  filesMax: 2_000,
  /** Names of files that are told of one mail; an attachment with more is not read to its end. */
  mailFilesMax: 5_000,
  /** A file in a file in a file … */
  depthMax: 5,
  /** Archives in archives: one level. */
  archivesMax: 1,
  pdfPagesMax: 1_000,
  /** Groups within groups of a rich text. */
  rtfDepthMax: 200,

  /** The work of reading one attachment, and a whole mail (steps.ts); what was read until then is looked through. */
  partStepsMax: 20_000_000,
  mailStepsMax: 40_000_000,
  /**
   * The time for one attachment, and for a whole mail, looking included. Whoever takes longer is stopped. The steps take a
   * third of it on an idle machine: only a file that makes a library run away comes here, and no decision about any other hangs on a machine's pace.
   */
  partMs: 6_000,
  mailMs: 10_000,
  /** Workers that one mail may cost; what it still holds then is not tried. */
  lossesMax: 3,

  /** JavaScript heap of a worker, and its memory outside of that. */
  workerHeapMb: 192,
  workerExternalMb: 160,
  /** Mails that may wait for a worker. */
  waitingMax: 200,
  /** A worker with nothing to do is stopped then, and gives its memory back. */
  workerIdleMs: 60_000,

  /** Files of one attachment named for the same reason. */
  namedMax: 20,
} as const;

/** For tests. */
export type InspectLimits = { readonly [Name in keyof typeof inspectLimits]: number };
