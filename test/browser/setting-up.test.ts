// An administrator sets the place up, from nothing to the first message read: on a desk with scripts, and on a phone without.
// The relay is a real Postfix that wants a password.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { configRows } from '../../server/config-show.ts';
import { PHONE, chromiumMissing } from '../support/chromium.ts';
import { makeCertificate } from '../support/certificates.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { postfixMissing, startPostfix } from '../support/postfix.ts';
import type { Postfix } from '../support/postfix.ts';
import { startSasl } from '../support/sasl.ts';
import type { SaslServer } from '../support/sasl.ts';
import { ADMIN, isTooWide, openDesk, openMail, opensTab, send, signInAtDoor } from './desk.ts';
import type { Desk, Look, Person } from './desk.ts';
import { plainMail } from '../support/submit.ts';

const missing = chromiumMissing() ?? postfixMissing();
if (missing !== undefined) console.warn(missing);

const looks: readonly (Look & { readonly name: string })[] = [
  { name: 'at a desk', javaScript: true },
  { name: 'on a phone, without scripts', javaScript: false, viewport: PHONE },
];

for (const look of looks) {
  describe(`setting up ${look.name}`, { skip: missing ?? false }, () => {
    let desk: Desk;
    let admin: Person;
    let page: Page;
    let postfix: Postfix;
    let sasl: SaslServer;
    let dns: TestDns;
    let dir = '';

    before(async () => {
      dir = await mkdtemp(join(tmpdir(), 'sealpost-setup-'));
      sasl = await startSasl('sealpost', 'right');
      postfix = await startPostfix({
        dir,
        tls: makeCertificate({ names: ['localhost'] }),
        requireTls: true,
        sasl: sasl.port,
      });
      dns = await startDns({ 'example.com': { mx: [[10, 'mx.example.com']], txt: ['v=spf1 mx -all'] } });
      desk = await openDesk({
        env: { DNS_RESOLVER: `127.0.0.1:${dns.port}` },
        shownSettings: configRows({}, new Set()),
      });
      admin = await desk.person(look);
      page = await signInAtDoor(desk, admin, ADMIN);
      page.setDefaultTimeout(20_000);
    });
    after(async () => {
      await desk.stop();
      await Promise.all([postfix.stop(), sasl.close(), dns.close()]);
      await rm(dir, { recursive: true, force: true });
      assert.deepEqual(admin.faults, []);
    });

    const shot = async (name: string): Promise<void> => {
      assert.ok(!(await isTooWide(page)), name);
      const folder = process.env['SHOTS'];
      if (folder !== undefined) {
        const file = `${name}-${look.javaScript === true ? 'desk' : 'phone'}.png`;
        await page.screenshot({ path: join(folder, file), fullPage: true });
      }
    };

    test('today leads to what is missing', async () => {
      await page.goto(`${desk.url}/admin/today`);
      await page.getByRole('link', { name: 'Go on with the set-up' }).click();
      await page.getByRole('heading', { level: 1, name: 'Set-up' }).waitFor();
      await shot('setup');
    });

    test('the organisation is typed, a slip is told, and the lines come', async () => {
      await page.getByRole('link', { name: 'Organisation' }).click();
      await page.getByLabel('Name', { exact: true }).fill('North Clinic');
      await page.getByLabel('Address of the portal').fill('http://secure.example.com');
      await page.getByLabel('Author of notices').fill('North Clinic <secure@example.com>');
      await page.getByRole('button', { name: 'Check and show the lines' }).click();
      await page.getByText('Expected an https:// address', { exact: false }).waitFor();
      await shot('organisation-slip');
      await page.getByLabel('Address of the portal').fill('https://secure.example.com');
      await page.getByRole('button', { name: 'Check and show the lines' }).click();
      await page.getByText("ORG_NAME='North Clinic'").waitFor();
      await shot('organisation');
      await page.getByRole('link', { name: 'Next: Relay' }).click();
    });

    test('the relay is tried: once with a slip in the password, then right', async () => {
      await page.getByLabel('Host').fill('localhost');
      await page.getByLabel('Port', { exact: true }).fill(String(postfix.port));
      await page.getByLabel('It has to prove').selectOption('required');
      await page.getByLabel('User').fill('sealpost');
      await page.getByLabel('Password').fill('wrogn');
      await page.getByLabel('Author of the test mail').fill('secure@example.com');
      await page.getByLabel('It goes to').fill('me@elsewhere.example');
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.getByRole('alert').getByText('The relay refuses the sign-in. It answered 535 5.7.8.').waitFor();
      await shot('relay-refused');
      assert.equal(await page.getByLabel('Password').inputValue(), '');
      assert.equal(await page.getByLabel('User').inputValue(), 'sealpost');
      await page.getByLabel('Password').fill('right');
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.getByText('The relay took the test mail').waitFor();
      await page.getByText('RELAY_URL_FILE=/etc/sealpost/relay-url').waitFor();
      assert.doesNotMatch(await page.content(), /right["<]/);
      await shot('relay-taken');
      await postfix.arrived('me@elsewhere.example');
      await page.getByRole('link', { name: 'Next: Your mail server' }).click();
    });

    test('the mail server gets its instructions, and a first mail counts', async () => {
      await page.getByRole('link', { name: 'Postfix' }).click();
      await page.getByText('header_checks = regexp:/etc/postfix/sealpost_checks').waitFor();
      await shot('mail-server');
      await send(desk, plainMail({ to: 'bob@recipient.example' }));
      await page.getByRole('link', { name: 'Next: DNS records' }).click();
    });

    test('the DNS is looked at', async () => {
      await page.getByRole('heading', { level: 2, name: 'example.com' }).waitFor();
      await page.getByText('v=DMARC1; p=none; rua=mailto:dmarc@example.com').waitFor();
      await shot('domain');
      await page.getByRole('link', { name: 'All steps of the set-up' }).click();
      await page.getByText('A mail has come in.').waitFor();
    });

    test('the test message goes to oneself, is read, and says so', async () => {
      await page.getByRole('link', { name: 'Test message' }).click();
      await page.getByRole('button', { name: `Send it to ${ADMIN}` }).click();
      await page.getByText('Taken in. What becomes of it stands below.').waitFor();
      const notice = await openMail(desk, admin, ADMIN, /sealed message/);
      // Whoever is signed in for the address is let in at once.
      const read = await opensTab(admin, notice.frameLocator('iframe').getByRole('link', { name: 'Read the message' }));
      await read.getByRole('heading', { name: /Test message of/ }).waitFor();
      await page.bringToFront();
      await page.getByRole('link', { name: 'Check again' }).click();
      await page.getByText('The whole way works.').waitFor();
      await shot('test');
      await page.getByRole('link', { name: 'Back to all steps' }).click();
      await page.getByText('A notice has left.').waitFor();
    });
  });
}
