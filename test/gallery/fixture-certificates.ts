// Owns the pieces of which the pages about certificates are made.

import type {
  CertificatePage,
  CertificateRow,
  CertificatesPage,
} from '../../server/render/page-models/certificates.ts';
import { bob, hostile, longAddress, longWord } from './fixture-people.ts';
import { moment } from './fixture-parts.ts';

const row: CertificateRow = {
  url: '/admin/certificates/01kb0000000000000000000000',
  who: bob.address,
  role: 'a correspondent’s',
  key: 'RSA 3072',
  state: { words: 'In use', tone: 'good' },
  ends: moment('in 4 months'),
  endsWord: 'Ends',
  trouble: '',
};

const filters = ['All', 'Correspondents’', 'The organisation’s own', 'Authorities’'].map((words, n) => ({
  url: '/admin/certificates',
  words,
  isCurrent: n === 0,
}));

export const certificatesEmpty: CertificatesPage = {
  action: '/admin/certificates',
  mayChange: true,
  rows: [],
  pager: {},
  filters,
  fileLimit: '10 MB',
};

export const certificates: CertificatesPage = {
  ...certificatesEmpty,
  pager: { olderUrl: '/admin/certificates?before=01kb0000000000000000000000' },
  rows: [
    row,
    {
      ...row,
      who: 'carol@partner.example, carol.long@partner.example',
      key: 'P-256',
      state: { words: 'Waits for approval', tone: 'waiting' },
      trouble: 'no trusted authority',
    },
    { ...row, who: 'secure@example.com', role: 'the organisation’s own', key: 'P-384' },
    {
      ...row,
      who: 'O=Example Trust, CN=Example Mail Root',
      role: 'an authority’s',
      state: { words: 'Not used', tone: 'bad' },
      ends: moment('3 days ago'),
      endsWord: 'Ended',
      trouble: 'expired',
    },
  ],
};

export const certificatesHostile: CertificatesPage = {
  ...certificates,
  problem: 'The PKCS #12 file does not open with this password.',
  rows: [
    { ...row, who: hostile },
    { ...row, who: longAddress },
    { ...row, who: longWord },
  ],
};

export const certificate: CertificatePage = {
  backUrl: '/admin/certificates',
  who: bob.address,
  state: { words: 'Waits for approval', tone: 'waiting' },
  facts: [
    { name: 'Whose', words: 'a correspondent’s, from a mail that was signed with it' },
    { name: 'Addresses', words: bob.address },
    { name: 'Subject', words: 'CN=Bob Recipient' },
    { name: 'Issuer', words: 'O=Example Trust, CN=Example Mail Root' },
    { name: 'Valid', words: '2026-03-01 to 2027-03-01' },
    { name: 'Key', words: 'RSA 3072' },
    { name: 'Encrypted with', words: 'AES-256-GCM, RSA-OAEP' },
    { name: 'Its authority says', words: 'It stands by it until 2026-11-24 12:00 UTC.' },
    { name: 'Last used', words: 'never' },
    { name: 'SHA-256', words: 'b280 8a95 7662 e8ca 95d6 073f 9a6e 1b4f 9898 29c1 08a8 5df1 730c ff2e 68e2 b98b' },
  ],
  faults: [],
  approveUrl: '/admin/certificates/1/approve',
  refuseUrl: '/admin/certificates/1/refuse',
  settings: {
    action: '/admin/certificates/1/settings',
    ciphers: [
      { value: 'auto', words: 'As its owner’s program says it can read', chosen: true },
      { value: 'gcm', words: 'AES-256-GCM: the program is known to read it', chosen: false },
      { value: 'cbc', words: 'AES-256-CBC: the program is older', chosen: false },
    ],
    isRsa: true,
    allowsPkcs1: false,
    canBeAsked: true,
    ignoresRevocation: false,
  },
  removeUrl: '/admin/certificates/1/remove',
  hasKey: false,
};

export const certificateFaulty: CertificatePage = {
  ...certificate,
  state: { words: 'Not used', tone: 'bad' },
  faults: ['It has expired.', 'Its authority has not said within the time that it stands by it.'],
  hasKey: true,
};

export const certificateRefused: CertificatePage = {
  ...certificate,
  problem:
    'It cannot be approved. No way leads from it to an authority that is trusted here. Import and approve the authority first.',
};

export const certificateHostile: CertificatePage = {
  ...certificate,
  who: hostile,
  facts: [
    { name: 'Subject', words: hostile },
    { name: 'Issuer', words: longWord },
  ],
};
