// Owns people at their screens: a running Sealpost, a browser, and the steps that people take with their mouse and
// keyboard. A person's browser writes down what no page of ours may cause.

import assert from 'node:assert/strict';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { parseAddress } from '../../server/core/address.ts';
import type { Mailbox } from '../../server/core/address.ts';
import { systemClock } from '../../server/core/clock.ts';
import { sampleMail } from '../../server/try/sample-mail.ts';
import { DESKTOP, startChromium } from '../support/chromium.ts';
import { startProgram } from '../support/program.ts';
import type { Running, StartOptions, TestClock } from '../support/program.ts';
import { submit } from '../support/submit.ts';

export const ALICE = 'alice@example.com';
export const BOB = 'bob@recipient.example';
export const CAROL = 'carol@partner.example';
export const ADMIN = 'admin@example.com';

export interface Desk {
  readonly running: Running;
  readonly url: string;
  person(look?: Look): Promise<Person>;
  stop(): Promise<void>;
}

export interface Look {
  readonly viewport?: { readonly width: number; readonly height: number };
  /** False: as a browser that runs no scripts. */
  readonly javaScript?: boolean;
  /** What the browser asks for pages in. */
  readonly language?: string;
  /** Of the device's clock. */
  readonly zone?: string;
}

export interface Person {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Requests to anybody but Sealpost, dialogs, script errors, breaches of a policy: none may ever be here. */
  readonly faults: string[];
}

/** A program that works by itself, and a browser. The clock goes on as clocks do. */
export async function openDesk(options: StartOptions = {}): Promise<Desk> {
  const running = await startProgram({ workerRuns: true, clock: goingClock(), ...options });
  const browser = await startChromium();
  return {
    running,
    url: running.url,
    person: (look) => sitDown(browser, running.url, look ?? {}),
    stop: async () => {
      await browser.close();
      await running.stop();
    },
  };
}

function goingClock(): TestClock {
  let aheadMs = 0;
  return {
    nowMs: () => systemClock.nowMs() + aheadMs,
    forward: (ms) => {
      aheadMs += ms;
    },
  };
}

async function sitDown(browser: Browser, url: string, { viewport, javaScript, language, zone }: Look): Promise<Person> {
  const context = await browser.newContext({
    viewport: viewport ?? DESKTOP,
    javaScriptEnabled: javaScript ?? true,
    ...(language === undefined ? {} : { locale: language }),
    ...(zone === undefined ? {} : { timezoneId: zone }),
    reducedMotion: 'reduce', // else each click waits for a page that glides
  });
  context.setDefaultTimeout(60_000);
  const faults: string[] = [];
  context.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:'))
      faults.push(`asked ${request.url()}`);
  });
  context.on('dialog', (dialog) => {
    faults.push(`dialog ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined); // its page may be gone already
  });
  context.on('weberror', (event) => faults.push(`script error ${String(event.error())}`));
  context.on('console', (line) => {
    // "Failed to load resource" is what the console makes of our own 4xx pages.
    if (line.type() === 'error' && !line.text().startsWith('Failed to load')) faults.push(`console ${line.text()}`);
  });
  return { context, page: await context.newPage(), faults };
}

/** Hands in the sample that `npm run try` sends, with more header lines if need be. @returns the mail and its message's id. */
export async function sendSample(desk: Desk, headers: readonly string[] = []): Promise<{ raw: Buffer; id: string }> {
  const mail = sampleMail({
    from: box('Alice Example', ALICE),
    to: [box('Bob Recipient', BOB), box('Carol Partner', CAROL)],
    at: new Date(desk.running.clock.nowMs()),
  });
  const raw = Buffer.concat([Buffer.from(headers.map((line) => `${line}\r\n`).join('')), mail.raw]);
  return { raw, id: await send(desk, raw, [BOB, CAROL]) };
}

/** Hands in any mail of Alice's. @returns its message's id. */
export async function send(desk: Desk, raw: string | Buffer, to: readonly string[] = [BOB]): Promise<string> {
  const reply = await submit(desk.running.smtpPort, { from: ALICE, to, raw });
  assert.match(reply, /^250 2\.0\.0 /);
  return reply.split(' ')[2] ?? '';
}

function box(name: string, text: string): Mailbox {
  const address = parseAddress(text);
  assert.ok(address);
  return { name, address };
}

/** Opens the newest mail of this kind in the try-out mailbox, in a tab of its own, once it is there. */
export async function openMail(desk: Desk, person: Person, to: string, subject: RegExp, count = 1): Promise<Page> {
  const page = await person.context.newPage();
  const row = page
    .getByRole('listitem')
    .filter({ hasText: `To ${to}` })
    .filter({ has: page.getByRole('link', { name: subject }) });
  for (let tries = 0; tries < 200; tries += 1) {
    await page.goto(`${desk.url}/try/mailbox`);
    if ((await row.count()) < count) continue;
    await row.first().getByRole('link').click();
    await page.waitForURL(/\/try\/mailbox\/./);
    return page;
  }
  throw new Error(`no such mail for ${to}`);
}

/** Presses the button in the notice; what opens is a tab of its own. */
export async function followNotice(desk: Desk, person: Person, to: string, subject = /sealed message/): Promise<Page> {
  const notice = await openMail(desk, person, to, subject);
  const page = await opensTab(person, notice.frameLocator('iframe').getByRole('link', { name: 'Read the message' }));
  await page.waitForURL(/\/m\//);
  return page;
}

const PRESS_MS = 15_000;

/** Presses a link in a frame that opens a tab. As a person would, once more when nothing comes of it: a browser that has
 *  no time swallows a press on a frame that it is just painting. */
export async function opensTab({ context }: Person, link: Locator): Promise<Page> {
  for (let press = 1; press < 3; press += 1) {
    const opened = context.waitForEvent('page', { timeout: PRESS_MS }).catch(() => undefined);
    await link.click();
    const page = await opened;
    if (page !== undefined) return page;
  }
  const opened = context.waitForEvent('page');
  await link.click();
  return opened;
}

/** Looks the code up in the mailbox: the one whose mail bears the reference that the page shows. */
export async function lookUpCode(desk: Desk, person: Person, waiting: Page, to: string): Promise<string> {
  const reference = await waiting.locator('.reference').innerText();
  const mail = await openMail(desk, person, to, new RegExp(`code.*${reference}`));
  const text = await mail.frameLocator('iframe').locator('body').innerText();
  const code = /^\s*(\d{8})\s*$/m.exec(text)?.[1];
  if (code === undefined) throw new Error(`no code in the mail:\n${text}`);
  await waiting.bringToFront(); // pages behind others hardly draw, and clicks wait for that
  return code;
}

/** From "Send me a code" to the first page behind it. */
export async function signIn(desk: Desk, person: Person, page: Page, address: string): Promise<void> {
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.waitForURL(/\/verify$/);
  const code = await lookUpCode(desk, person, page, address);
  await page.getByLabel('Eight-digit code').fill(code);
  await page.getByRole('button', { name: 'Check the code' }).click();
  await page.waitForURL(/\/(?:messages|sent|admin)/);
}

/** The way in for senders and administrators. */
export async function signInAtDoor(desk: Desk, person: Person, address: string, path = '/sign-in'): Promise<Page> {
  const { page } = person;
  await page.goto(`${desk.url}${path}`);
  await page.getByLabel('Your mail address').fill(address);
  await signIn(desk, person, page, address);
  return page;
}

/** A reader on the page of the newest message to them. */
export async function readByNotice(desk: Desk, person: Person, address: string): Promise<Page> {
  const page = await followNotice(desk, person, address);
  await signIn(desk, person, page, address);
  return page;
}

export function mailFrame(page: Page): FrameLocator {
  return page.frameLocator('.message-frame');
}

/** Whatever is wider than the window makes people scroll sideways. */
export async function isTooWide(page: Page): Promise<boolean> {
  return (await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')) === true;
}

/** The value of a CSS property as the browser computed it. */
export function computed(at: Locator, property: string, pseudo = ''): Promise<string> {
  return at.evaluate(
    (one: Styled, [property, pseudo]) =>
      one.ownerDocument.defaultView.getComputedStyle(one, pseudo).getPropertyValue(property),
    [property, pseudo] as const,
  );
}

/** As much of an element as `computed` needs; the types of documents are not among those of Node. */
interface Styled {
  readonly ownerDocument: {
    readonly defaultView: {
      getComputedStyle(element: unknown, pseudo: string): { getPropertyValue(property: string): string };
    };
  };
}
