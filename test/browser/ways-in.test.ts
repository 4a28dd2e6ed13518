// The other ways in, as people go them in a real browser: an account with an issuer, without scripts as well; a passkey
// made after a visit and used for the next; and nothing of it shown where it cannot work.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { chromiumMissing, PHONE } from '../support/chromium.ts';
import { freePort } from '../support/free-port.ts';
import { linkTo } from '../support/mailbox.ts';
import { startIssuer } from '../support/oidc-provider.ts';
import type { RealIssuer } from '../support/oidc-provider.ts';
import { BOB, followNotice, isTooWide, openDesk, readByNotice, sendSample } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

/** A security key that is always plugged in, and knows its owner. */
async function plugIn(person: Person, page: Page): Promise<void> {
  const devtools = await person.context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

describe('a passkey in a browser', { skip: missing ?? false }, () => {
  let desk: Desk;
  let bob: Person;
  let page: Page;
  let id: string;

  before(async () => {
    desk = await openDesk();
    bob = await desk.person({ viewport: PHONE });
    ({ id } = await sendSample(desk));
    page = await readByNotice(desk, bob, BOB);
    await plugIn(bob, page);
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual(bob.faults, []);
  });

  test('is made after a visit', async () => {
    await page.goto(`${desk.url}/account/passkeys`);
    assert.equal(await isTooWide(page), false);
    assert.equal(await page.getByText('Making a passkey needs JavaScript').isVisible(), false);
    await page.getByLabel('Name of this passkey').fill('My phone');
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    await page.getByText('Your passkey is made').waitFor();
    await page.getByText('Not used yet').waitFor();
    assert.equal(await isTooWide(page), false);
  });

  test('opens the inbox the next time, without a code', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in$/);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(/\/messages$/);
    await page.getByRole('link', { name: /Lease agreement/ }).waitFor();
  });

  test('opens the message from its link', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in$/);
    await page.goto(`${desk.url}${await linkTo(desk.running, BOB)}`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(new RegExp(`/messages/${id}$`));
  });

  test('that is removed opens nothing more', async () => {
    await page.goto(`${desk.url}/account/passkeys`);
    await page.getByText('Last used').waitFor();
    await page.getByRole('button', { name: 'Remove My phone' }).click();
    await page.getByText('The passkey is removed').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in$/);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('This passkey does not open anything here').waitFor();
    await page.getByRole('link', { name: 'Use the code instead' }).click();
    await page.getByRole('heading', { name: 'Sign in with a code' }).waitFor();
  });
});

describe('a browser without scripts', { skip: missing ?? false }, () => {
  let desk: Desk;
  let issuer: RealIssuer;
  let bob: Person;
  let id: string;

  before(async () => {
    const port = await freePort();
    issuer = await startIssuer(() => `http://localhost:${port}/sign-in/oidc/google/callback`);
    desk = await openDesk({
      env: { HTTP_LISTEN: `127.0.0.1:${port}`, PUBLIC_URL: `http://localhost:${port}` },
      providers: [issuer.provider],
    });
    bob = await desk.person({ viewport: PHONE, javaScript: false });
    ({ id } = await sendSample(desk));
  });
  after(async () => {
    await desk.stop();
    await issuer.close();
    // It went to the issuer, as it was told; and nowhere else.
    assert.deepEqual(
      bob.faults.filter((fault) => !fault.startsWith(`asked ${issuer.provider.issuer}/`)),
      [],
    );
  });

  test('is offered no passkey, and goes to the issuer and back by one button', async () => {
    const page = await followNotice(desk, bob, BOB);
    assert.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible(), false);
    assert.equal(await isTooWide(page), false);
    await page.getByRole('button', { name: 'Sign in with Google' }).click();
    await page.waitForURL(new RegExp(`/messages/${id}$`));
    await page.getByRole('heading', { name: /Lease agreement/ }).waitFor();
  });

  test('is told on the page of passkeys what they need', async () => {
    await bob.page.goto(`${desk.url}/account/passkeys`);
    await bob.page.getByText('Making a passkey needs JavaScript').waitFor();
    assert.equal(await bob.page.getByRole('button', { name: 'Make a passkey' }).isVisible(), false);
  });
});
