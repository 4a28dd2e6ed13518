// The portal's stories, each as one person after another lives it: with scripts and without, in English and in Arabic, at a
// desk and at 360 pixels. Whatever happens on the way, no page is a dead end.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { ownNames } from '../../server/language/languages.ts';
import { chromiumMissing } from '../support/chromium.ts';
import { send } from '../support/mime.ts';
import type { TestMail } from '../support/mime.ts';
import { patient } from '../support/program.ts';
import { pdf } from '../viewing/samples.ts';
import { mailFrame, openDesk } from './desk.ts';
import type { Desk, Person } from './desk.ts';
import { onPhones, takeHand, takeSender, unusual, ways } from './hand.ts';
import type { Hand, Way } from './hand.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

const TEXT = 'The deposit is back on your account.';
const SENDER = 'Alice Example';

describe('the stories of the portal', { skip: missing ?? false }, () => {
  let desk: Desk;
  const everybody: Person[] = [];

  before(async () => {
    desk = await openDesk({ workerRuns: false, viewing: patient, env: { ORG_DOMAINS: 'example.com, example.jo' } });
  });
  after(async () => {
    await desk.stop();
    assert.deepEqual(
      everybody.flatMap(({ faults }) => faults),
      [],
    );
  });

  story('from the notice to the text in three actions, and an answer', ways, async (way) => {
    const reader = await newReader(way, 'answer');
    await sent(reader, { html: `<p>${TEXT}</p>` });
    const notice = await reader.mail('mail.notice-subject', { sender: SENDER });
    await reader.open(notice.link);
    await reader.press('sign-in.code-send');
    await reader.typeCode();
    await reader.press('sign-in.verify-check');
    const text = mailFrame(reader.page).getByText(TEXT);
    await text.waitFor();
    assert.ok(reader.actions <= 3, `${reader.actions} actions`);
    await reader.type('reading.reply-text', 'Thank you, it is here.');
    await reader.press('reading.reply-send');
    await reader.sees('reading.reply-done');
    await reader.reads('Thank you, it is here.');
    await desk.running.drain();
    await reader.page.reload();
    await reader.sees('reading.delivery-arrived', { people: SENDER });
  });

  story('more time is asked for and given', unusual, async (way) => {
    const reader = await newReader(way, 'late');
    const sender = await newSender(way, 'giver');
    await sent(reader, { from: `${SENDER} <${sender.address}>`, headers: ['X-Sealpost-Expires: 2d'] });
    const notice = await reader.mail('mail.notice-subject', { sender: SENDER });
    desk.running.clock.forward(2 * DAY_MS + HOUR_MS);
    await reader.open(notice.link);
    await reader.proveMailbox();
    await reader.sees('problem.expired');
    await reader.press('ended.ask');
    await reader.sees('ended.asked-done');

    const asked = await sender.mail('mail.request-subject', { reader: reader.address });
    await sender.open(asked.link);
    await sender.signIn();
    await sender.press('request.give');
    await sender.sees('request.answered');

    const given = await reader.mail('mail.decision-subject-given', { sender: SENDER });
    await reader.open(given.link);
    await reader.reads(TEXT);
  });

  story('a link that was passed on opens nothing for others, and their own way goes on', unusual, async (way) => {
    const reader = await newReader(way, 'owner');
    const other = await newReader(way, 'other');
    await sent(reader);
    await sent(other, { text: 'Something for the other.' });
    const link = (await reader.mail('mail.notice-subject', { sender: SENDER })).link;
    const own = (await other.mail('mail.notice-subject', { sender: SENDER })).link;

    await other.open(own);
    await other.proveMailbox();
    await other.reads('Something for the other.');
    await other.open(link);
    await other.sees('other.heading');
    await assertHidden(other, reader);
    await other.press('other.switch');
    await other.sees('sign-in.enter-heading');
    await other.press('sign-in.code-send');
    await assertHidden(other, reader);
    // The code went to the one whose message it is, and to this browser it does not say so.
    await other.type('sign-in.verify-code', '12345678');
    await other.press('sign-in.verify-check');
    await other.sees('sign-in.code-wrong', { left: 4 });
    await other.open(own);
    await other.proveMailbox();
    await other.reads('Something for the other.');
  });

  story('a message is forwarded, and its new reader has a way in of their own', unusual, async (way) => {
    const reader = await newReader(way, 'first');
    const next = await newReader(way, 'next');
    await sent(reader);
    await reader.open((await reader.mail('mail.notice-subject', { sender: SENDER })).link);
    await reader.proveMailbox();
    await reader.type('reading.forward-to', next.address);
    await reader.type('reading.forward-note', 'For you as well.');
    await reader.press('reading.forward-send');
    await reader.sees('reading.forward-done');
    await reader.reads(next.address);

    const notice = await next.mail('mail.notice-subject-forward', { forwarder: reader.address });
    assert.doesNotMatch(notice.text, /For you as well|deposit/);
    await next.open(notice.link);
    await next.proveMailbox();
    await next.sees('reading.passed-on-by');
    await next.reads('For you as well.');
    await next.reads(TEXT);
  });

  story('an attachment is looked at that never leaves the server', onPhones, async (way) => {
    const reader = await newReader(way, 'viewer');
    const id = await sent(reader, {
      headers: ['X-Sealpost-Protection: do-not-forward'],
      parts: [{ content: pdf(['First', 'Second']), type: 'application/pdf', name: 'plan.pdf' }],
    });
    await reader.open((await reader.mail('mail.notice-subject', { sender: SENDER })).link);
    await reader.proveMailbox();
    await reader.sees('reading.attachments-withheld');
    await reader.press('viewing.view-named', { file: 'plan.pdf' });
    await reader.sees('viewing.note-marked');
    await assertDrawn(reader);
    await reader.page
      .getByRole('link', { name: reader.words.say('viewing.next') })
      .first()
      .click();
    await reader.sees('viewing.page-of', { n: 2, pages: 2 });
    await reader.look();
    await assertDrawn(reader);
    await reader.press('viewing.back');
    await reader.reads(TEXT);
    const bytes = await reader.person.context.request.get(`${desk.url}/messages/${id}/attachments/1`);
    assert.equal(bytes.status(), 403);
  });

  story('what was typed outlives a session that ended', unusual, async (way) => {
    const reader = await newReader(way, 'writer');
    await sent(reader);
    await reader.open((await reader.mail('mail.notice-subject', { sender: SENDER })).link);
    await reader.proveMailbox();
    await reader.type('reading.reply-text', 'A beginning');
    await reader.press('reading.draft-save');
    await reader.sees('reading.draft-saved');
    await reader.type('reading.reply-text', 'A beginning, and an end');
    desk.running.clock.forward(31 * MINUTE_MS);
    await reader.press('reading.reply-send');
    await reader.sees('reading.signed-out-heading');
    await reader.press('reading.signed-out-again');
    await reader.signIn();
    await reader.sees('reading.draft-set-aside');
    assert.equal(await reader.field('reading.reply-text').inputValue(), 'A beginning, and an end');
    await reader.press('reading.reply-send');
    await reader.sees('reading.reply-done');
    assert.equal(await reader.field('reading.reply-text').inputValue(), '');
  });

  story('another language is chosen on the page, and mails follow it', unusual, async (way) => {
    const reader = await newReader(way, 'polyglot');
    await sent(reader);
    await reader.open((await reader.mail('mail.notice-subject', { sender: SENDER })).link);
    await reader.proveMailbox();
    await reader.choose('he', ownNames.he);
    await reader.sees('reading.reply-text');
    await reader.reads(TEXT);
    await reader.page.goto(`${desk.url}/messages`);
    await reader.sees('reading.inbox-heading');
    await sent(reader, { subject: 'Another' });
    await reader.mail('mail.notice-subject', { sender: SENDER });
  });

  /** Tells the story once in each of these ways. */
  function story(name: string, inWays: readonly Way[], tell: (way: Way) => Promise<void>): void {
    for (const way of inWays) test(`${name}, ${way.name}`, () => tell(way));
  }

  async function newReader(way: Way, name: string): Promise<Hand> {
    const hand = await takeHand(desk, way, name);
    everybody.push(hand.person);
    return hand;
  }

  async function newSender(way: Way, name: string): Promise<Hand> {
    const hand = await takeSender(desk, way, name);
    everybody.push(hand.person);
    return hand;
  }

  /** Hands in a mail to this reader and sends its notice. @returns the message's id. */
  async function sent(reader: Hand, mail: TestMail = {}): Promise<string> {
    const id = await send(desk.running, {
      from: `${SENDER} <alice@example.com>`,
      to: reader.address,
      ...(mail.html === undefined ? { text: TEXT } : {}),
      ...mail,
    });
    await desk.running.drain();
    return id;
  }
});

/** Nothing of the message is on the page, and of its reader's address no more than its beginning. */
async function assertHidden(other: Hand, reader: Hand): Promise<void> {
  const page = await other.page.locator('body').innerText();
  assert.doesNotMatch(page, /deposit|confidential/i);
  assert.ok(!page.includes(reader.address));
}

async function assertDrawn(reader: Hand): Promise<void> {
  const width = await reader.page
    .locator('main img')
    .evaluate(async (image: { readonly naturalWidth: number; decode(): Promise<void> }) => {
      await image.decode();
      return image.naturalWidth;
    });
  assert.ok(width > 400, String(width));
}
