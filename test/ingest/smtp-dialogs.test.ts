import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { SmtpListenerOptions } from '../../server/ingest/smtp-options.ts';
import { parseDialog, runDialog } from '../dialogs/run-dialog.ts';
import { makeCertificate } from '../support/certificates.ts';
import { PASSWORD, startListener, STRANGER, USER } from './smtp-harness.ts';

const folder = join(import.meta.dirname, '..', 'dialogs');
const certificate = makeCertificate({ names: ['mail.example.com'] });
const values = {
  user: USER,
  userBase64: base64(USER),
  passwordBase64: base64(PASSWORD),
  plain: base64(`\0${USER}\0${PASSWORD}`),
  plainAsAnother: base64(`boss\0${USER}\0${PASSWORD}`),
  plainWrong: base64(`\0${USER}\0wrong`),
};

const abilities: Readonly<Record<string, Partial<SmtpListenerOptions>>> = {
  tls: { tls: { cert: certificate.certPem, key: certificate.keyPem } },
  requireTls: { requireTls: true },
  users: { authenticate: async (user, password) => user === USER && password === PASSWORD },
  stranger: {},
  limit1000: { messageBytesMax: 1000 },
};

describe('each SMTP dialogue', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  assert.ok(files.length > 0);
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    it(`${file}: ${/^# (.*)/.exec(text)?.[1] ?? ''}`, async () => {
      const dialog = parseDialog(text, values);
      const options = dialog.needs.map((word) => {
        const ability = abilities[word];
        assert.ok(ability !== undefined, `unknown word ${word}`);
        return ability;
      });
      await using listener = await startListener(Object.assign({}, ...options));
      await runDialog(dialog, {
        host: listener.host,
        port: listener.port,
        tls: { ca: certificate.caPem, servername: 'mail.example.com' },
        mails: () => listener.mails.length,
        ...(dialog.needs.includes('stranger') && { from: STRANGER }),
      });
    });
  }
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
