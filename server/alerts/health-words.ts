// Owns how the parts of the program are said that have to work: each with what to do where it does not. In English, as all of the
// console is.

export interface PartWords {
  readonly words: string;
  readonly good: string;
  readonly bad: string;
  readonly cure: string;
}

export const partWords = {
  database: {
    words: 'Database',
    good: 'Answers',
    bad: 'Does not answer',
    cure: 'Look whether it runs and has room, and whether DATABASE_URL leads to it.',
  },
  keyring: {
    words: 'Keyring',
    good: 'Opens what it sealed',
    bad: 'Does not open what it sealed',
    cure: 'Look whether KEYRING is the one that belongs to this database: on the command line, keys list.',
  },
  blobs: {
    words: 'Sealed files',
    good: 'Can be written',
    bad: 'Cannot be written',
    cure: 'Look whether the disk is full or BLOB_URL can be reached. New messages are refused until then; nothing is lost.',
  },
  policy: {
    words: 'Policy',
    good: 'In force',
    bad: 'The newest version cannot be read',
    cure: 'No mail is taken in until it can. Go back to an earlier version on the page of the policy.',
  },
  room: {
    words: 'Disk',
    good: 'Has room',
    bad: 'Is as full as it may become',
    cure: 'Make room where DATA_DIR is. New messages are refused until then; nothing is lost.',
  },
} as const satisfies Record<string, PartWords>;

export type PartName = keyof typeof partWords;

export function isPartName(text: string): text is PartName {
  return Object.hasOwn(partWords, text);
}
