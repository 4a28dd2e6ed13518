// Owns the named limits that no setting changes. Units stand last in each name.

export const limits = {
  /** One part sealed up to this size lies in its row; a larger one is a file (or object) of its own. */
  inlinePartBytesMax: 64 * 1024,
  /** A raw mail up to this size is kept in memory until it is parsed; a larger one is spooled, sealed. */
  spoolMemoryBytesMax: 1024 * 1024,
  recipientsMax: 500,
  headerBytesMax: 256 * 1024,
  mimePartsMax: 1_000,
  mimeDepthMax: 30,
  attachmentsMax: 500,
  /** A mail that is signed, encrypted or opened by S/MIME is held in memory, several times over. */
  smimeBytesMax: 32 * 1024 * 1024,
  bodyTextBytesMax: 4 * 1024 * 1024,
  filenameCharactersMax: 255,
  subjectCharactersMax: 998,
  displayNameCharactersMax: 200,
  phraseCharactersMin: 8,
  phraseCharactersMax: 200,
  receivedHeadersMax: 50,
  /** Messages of one conversation that a page shows beside the one it is about. */
  threadEntriesMax: 100,
  /** How long after its last day a message can still be given more time where no template says so; then it is shredded. */
  retentionDaysDefault: 14,
  retentionDaysMax: 730,
  /** The longest that EXPIRY_DAYS_MAX lets a message last, and the longest that it is kept then. */
  tombstoneRememberedMs: (3_650 + 730) * 24 * 60 * 60 * 1000,
  /** Inline images of one message that are put into its HTML document, in all. */
  inlineImageBytesMax: 8 * 1024 * 1024,
  smtpConnectionsMax: 200,
  /** Of those, held at once by one peer outside SMTP_CLIENTS. */
  smtpConnectionsPerStrangerMax: 20,
  smtpIdleMs: 5 * 60 * 1000, // RFC 5321 section 4.5.3.2.7
  /** How long a mail under way may still take when the program is told to stop. */
  smtpCloseMs: 10_000,
  smtpCommandBytesMax: 4 * 1024,
  /** Between two mails on one connection; a full list of recipients fits in. */
  smtpCommandsPerMailMax: 1_000,
  smtpSignInFailuresMax: 3,
  headerLinesMax: 1_000,
  /** Message-IDs kept of one References header, the newest. */
  referencesMax: 100,
} as const;
