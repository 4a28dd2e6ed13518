// Owns the pieces of which the pages of API keys and of settings are made.

import type { ApiKeyRow, ApiKeysPage, SettingsPage } from '../../server/render/page-models/keys.ts';
import { hostile, longAddress } from './fixture-people.ts';

const at = { iso: '2026-11-21T17:00:00Z', words: 'Saturday 21 November 2026, 17:00 UTC', relative: '2 hours ago' };

const key: ApiKeyRow = {
  id: '01h9xvqk3m5n7p9r1t3v5w7y9z',
  name: 'Accounting',
  scopes: ['messages:send', 'messages:read', 'messages:revoke'],
  senders: ['invoices@example.com'],
  created: at,
  lastUsed: '2026-11-21',
  ends: { ...at, relative: 'in 3 months' },
  state: { words: 'In use', tone: 'good' },
  mayRevoke: true,
};

export const apiKeys: ApiKeysPage = {
  rows: [
    key,
    {
      ...key,
      name: hostile,
      senders: [longAddress, 'b@example.com'],
      state: { words: 'Ended', tone: 'bad' },
      mayRevoke: false,
    },
  ],
  mayChange: true,
  action: '/admin/api-keys',
  revokeAction: '/admin/api-keys/revoke',
  scopes: [
    { name: 'messages:send', words: 'send messages', chosen: true },
    { name: 'admin:write', words: 'change policy, brands, people and keys', chosen: false },
  ],
  once: key.id,
  typed: { name: '', senders: '', expires: '' },
};

export const apiKeysMade: ApiKeysPage = {
  ...apiKeys,
  made: { id: key.id, name: 'Accounting', key: `sealpost_${key.id}_${'x'.repeat(43)}` },
};

export const apiKeysKnown: ApiKeysPage = { ...apiKeys, made: { id: key.id, name: hostile } };

export const settings: SettingsPage = {
  rows: [
    { name: 'PUBLIC_URL', value: 'https://secure.example.com', source: 'environment' },
    { name: 'RELAY_URL', value: '••••••••', source: 'file' },
    { name: 'AUDIT_KEEP_DAYS', value: '', source: 'unset' },
  ],
  keys: [
    { id: 'k1', created: at, state: { words: 'Retired', tone: 'off' } },
    { id: 'k2', created: at, state: { words: 'Seals what is new', tone: 'good' } },
  ],
};
