// Owns what reading a file costs, counted in steps and never in time, so that a mail is read as far on a slow machine as on a
// fast one. A step is about a tenth of a microsecond where this was measured. Pure.

export const steps = {
  /** Any file, also one with nothing in it. */
  file: 500,
  /** What is unpacked, and letters that are letters already. */
  plainByte: 1 / 16,
  /** HTML and XML. */
  markupByte: 1,
  /** A control word, or the letters between two. */
  rtfToken: 6,
  mailByte: 1 / 4,
  /** A file in a mail. */
  mailPart: 2_000,
  /** Of the file as it lies there; what it draws is packed mostly. */
  pdfByte: 1 / 8,
  pdfPage: 3_000,
  /** A piece of a line, a note or a property. */
  pdfText: 200,
} as const;
