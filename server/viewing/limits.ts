// Owns every bound on showing an attachment, in one place. Units stand last in each name.

const MB = 1024 * 1024;

export const viewingLimits = {
  /** A larger file is not opened at all. */
  inputBytesMax: 50 * MB,
  /** Of each file the first pages are shown, and the page says so. */
  pagesMax: 500,
  /** Of a text file. It fills more than `pagesMax` pages. */
  textBytesMax: 8 * MB,
  /** What a picture may claim to hold before anything of it is decoded. */
  picturePixelsMax: 64_000_000,
  /** Of a page as it is drawn; a larger page is drawn smaller. */
  drawnPixelsMax: 12_000_000,
  drawnSideMax: 8_000,
  /** Text of one page for a screen reader. */
  pageTextCharactersMax: 100_000,

  /** From the request's turn to the end of all work for it; with the wait before it under ten seconds. */
  viewMs: 7_500,
  /** Of that, waiting for a turn; then the page says that it is busy. */
  waitMs: 2_000,
  convertMs: 5_000,
  paintMs: 5_000,
  /** Views made at once by this process, and how many more may wait. */
  parallel: 2,
  waitingMax: 8,

  paintMemoryBytesMax: 1_024 * MB,
  paintHeapMb: 512,
  convertMemoryBytesMax: 1_536 * MB,
  /** Of any file that the converter writes. */
  convertFileBytesMax: 200 * MB,
  /** What may come back from one process. */
  answerBytesMax: 40 * MB,

  archiveEntriesMax: 5_000,
  archiveBytesMax: 300 * MB,
  /** One part of an Office file that is read for its text. */
  archivePartBytesMax: 20 * MB,

  /** Converted Office files are kept in memory, so that turning a page does not convert anew. */
  convertedKeptMs: 2 * 60 * 1000,
  convertedKeptBytesMax: 64 * MB,
} as const;
