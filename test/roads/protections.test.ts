// Every protection by each road in, asked of each way out: what is withheld is withheld at the bytes, and what is granted is
// given.

import { ledTo } from '../support/browser.ts';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import { loadMessage } from '../../server/messages/messages.store.ts';
import { openMessage } from '../../server/messages/open.ts';
import { Authenticator, passkeyOptions } from '../support/authenticator.ts';
import type { Visitor } from '../support/browser.ts';
import { mailTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { mimeMail, send } from '../support/mime.ts';
import { patient, startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { submit } from '../support/submit.ts';
import { makeClient } from './api-client.ts';
import type { ApiClient } from './api-client.ts';
import { ALL_RIGHTS, PHRASE, matrixPolicy, protections, roads } from './protections.ts';
import type { Asking, Right, TriedProtection } from './protections.ts';

const [ALICE, BOB, CAROL] = ['alice@example.com', 'bob@recipient.example', 'carol@recipient.example'] as const;
/** Stands in every text and file, so that it tells wherever one of them gets to. */
const NEEDLE = 'The-needle-of-the-matrix';

/** What comes by this road belongs to one conversation. */
const CONVERSING = 'SMTP header';

interface Sent {
  readonly id: string;
  readonly one: TriedProtection;
  readonly road: string;
}

describe('the matrix of protections', () => {
  let running: Running;
  let api: ApiClient;
  let alice: Visitor;
  let bob: Visitor;
  let key: Authenticator;
  let csrf: string;
  let firstId: string;
  let mailId: string;
  const sent: Sent[] = [];

  before(async () => {
    running = await startProgram({ policy: () => matrixPolicy, viewing: patient });
    api = await makeClient(running);
    firstId = await send(running, { text: 'The first of the conversation.' });
    const row = await loadMessage(running.store.db, firstId);
    assert.ok(row);
    mailId = openMessage(running.store.vault, row).meta.mailId ?? '';
    alice = await signInByAddress(running, ALICE);
    bob = await signInByLink(running, BOB);
    key = new Authenticator(running.url);
    const page = '/account/passkeys';
    const answer = key.make(await passkeyOptions(bob, `${page}/options`, page));
    assert.equal((await bob.post(page, { answer, name: 'Key' }, page)).status, 303);
    csrf = await bob.csrf('/account');
  });
  after(() => running.stop());

  async function begin(): Promise<void> {
    // All that waits would leave in one moment with the code, and of one moment the full mailbox keeps any.
    await running.drain();
    running.clock.forward(1);
    bob = await signInByAddress(running, BOB);
    csrf = await bob.csrf('/account');
  }

  async function handIn(road: string, { headers = [], subject = '', fields, form: typed }: Asking): Promise<string> {
    const text = `${NEEDLE} in the text`;
    if (typed !== undefined) {
      const file = { name: 'a.txt', content: Buffer.from(`${NEEDLE} in the file`) };
      const marked = `**${NEEDLE}** in the text`; // becomes HTML
      const written = { to: `${BOB}, ${CAROL}`, cc: '', bcc: '', subject: 'A matter', text: marked, expires: '' };
      const answer = await alice.postMultipart('/compose', { ...written, ...typed }, [file], '/compose');
      return /^\/sent\/(\w+)\?done=composed$/.exec(ledTo(answer) ?? '')?.[1] ?? answer.text;
    }
    const html = `<p>${NEEDLE} in the HTML</p>`;
    if (fields !== undefined) {
      const content = Buffer.from(`${NEEDLE} in the file`).toString('base64');
      const attachments = [{ filename: 'a.txt', contentType: 'text/plain', content }];
      const answer = await api.sendJson('/messages', {
        ...{ from: ALICE, to: [BOB, CAROL], subject: 'A matter', text, html, attachments },
        ...fields,
      });
      return answer.status === 201 ? String(answer.json['id']) : answer.text;
    }
    const parts = [{ content: `${NEEDLE} in the file`, type: 'text/plain', name: 'a.txt' }];
    const raw = mimeMail({
      ...{ from: ALICE, to: `${BOB}, ${CAROL}`, text, html, parts },
      subject: `A matter ${subject}`,
      headers: [...headers, ...(road === CONVERSING ? [`In-Reply-To: ${mailId}`] : [])],
    });
    const reply = await submit(running.smtpPort, { from: ALICE, to: [BOB, CAROL], raw });
    return /^250 2\.0\.0 ([0-9a-z]{26})$/.exec(reply)?.[1] ?? reply;
  }

  function form(fields: Readonly<Record<string, string>>): URLSearchParams {
    return new URLSearchParams({ csrf, ...fields });
  }

  function answerForm(fields: Readonly<Record<string, string>> = {}): FormData {
    const body = new FormData();
    for (const [name, value] of Object.entries({ csrf, text: 'An answer.', ...fields })) body.append(name, value);
    return body;
  }

  /** Each answer of a way out, with the right that it takes; HEAD, a range and a page of pictures are ways like others. */
  const ways: readonly (readonly [
    says: string,
    needs: readonly Right[],
    ask: (path: string) => Promise<{ status: number; text: string }>,
  ])[] = [
    ['page', [], (path) => bob.get(path)],
    ['body', [], (path) => bob.get(`${path}/body`)],
    ['attachment', ['download'], (path) => bob.get(`${path}/attachments/1`)],
    ['attachment by HEAD', ['download'], (path) => bob.send('HEAD', `${path}/attachments/1`)],
    ['range', ['download'], (path) => bob.get(`${path}/attachments/1`, { headers: { range: 'bytes=0-30' } })],
    ['picture', [], (path) => bob.send('HEAD', `${path}/attachments/1/pages/1`)],
    ['.eml', ['copy', 'download', 'print', 'forward'], (path) => bob.get(`${path}/copy.eml`)],
    ['.pdf', ['copy', 'download', 'print', 'forward'], (path) => bob.get(`${path}/copy.pdf`)],
    ['draft', ['reply'], (path) => bob.send('POST', `${path}/draft`, form({ text: 'A draft.' }))],
    ['reply', ['reply'], (path) => bob.send('POST', `${path}/reply`, answerForm())],
    ['reply to all', ['reply-all'], (path) => bob.send('POST', `${path}/reply`, answerForm({ all: '1' }))],
    ['forward', ['forward'], (path) => bob.send('POST', `${path}/forward`, form({ to: 'dave@third.example' }))],
  ];

  /** That no way gives anything, with this status. */
  async function allClosed(id: string, status: number): Promise<void> {
    for (const [says, , ask] of ways) {
      const answer = await ask(`/messages/${id}`);
      assert.equal(answer.status, status, says);
      assert.doesNotMatch(answer.text, new RegExp(`${NEEDLE}|a\\.txt`), says);
    }
  }

  async function prove(id: string, demand: 'passkey' | 'phrase'): Promise<void> {
    const path = `/messages/${id}`;
    const fields =
      demand === 'phrase'
        ? { phrase: PHRASE }
        : { answer: key.use(await passkeyOptions(bob, '/sign-in/passkey/options', path)) };
    const way = demand === 'phrase' ? 'phrase' : 'prove/passkey';
    assert.equal((await bob.post(`${path}/${way}`, fields, path)).status, 303);
  }

  for (const one of protections) {
    for (const [road, ask] of roads) {
      const asking = ask(one);
      if (one.signIn === 'phrase' && asking.fields === undefined && asking.form === undefined) {
        test(`${one.name} by ${road} is refused: a phrase is set by its sender or not at all`, async () => {
          assert.match(await handIn(road, asking), /^554 5\.7\.1 .*the sender set none\.$/);
        });
        continue;
      }
      test(`${one.name} by ${road} holds on every way out`, async () => {
        const id = await handIn(road, asking);
        assert.match(id, /^[0-9a-z]{26}$/);
        sent.push({ id, one, road });
        const path = `/messages/${id}`;
        const may = (...rights: readonly Right[]): boolean => rights.every((right) => one.rights.includes(right));
        if (one.signIn !== undefined) {
          // What was proved for another message before counts for this session.
          await begin();
          await allClosed(id, 403);
          await prove(id, one.signIn);
          csrf = await bob.csrf('/account');
        }

        const page = (await bob.get(path)).text;
        const body = (await bob.get(`${path}/body`)).text;
        assert.match(body, new RegExp(NEEDLE));
        const shows: readonly (readonly [what: string, text: string, pattern: RegExp, is: boolean])[] = [
          ['print view', page, /<body class="[^"]*\bno-print-page\b/, !may('print')],
          ['print view of the body', body, /@media print\{#mail,body::after\{display:none!important\}/, !may('print')],
          ['copying', page, /<body class="[^"]*\bno-copy\b/, !may('copy')],
          ['copying from the body', body, /user-select:none!important/, !may('copy')],
          ['mark', page, /class="watermark"/, !may('copy')],
          ['mark on the body', body, /data:image\/svg\+xml,[^"]*bob%40recipient\.example/, !may('copy')],
          ['reply form', page, /id="reply-text"/, may('reply')],
          ['reply to all', page, /id="reply-all"/, may('reply-all')],
          ['forward form', page, /id="forward-to"/, may('forward')],
          ['copies', page, /copy\.(?:eml|pdf)"/, may('copy', 'download', 'print', 'forward')],
          ['download', page, new RegExp(`${path}/attachments/1"`), may('download')],
          ['reply quote', page, new RegExp(`<textarea[^>]*>[^<]*${NEEDLE}`), false],
        ];
        for (const [what, text, pattern, is] of shows) assert.equal(pattern.test(text), is, what);
        if (road === 'REST') {
          const view = (await bob.get(`${path}/attachments/1?view=1`)).text;
          assert.equal(view.includes(NEEDLE), may('copy'), 'the text of a file that is looked at');
          assert.equal(/<body class="[^"]*\bno-print-page\b/.test(view), !may('print'), 'print view of a file');
        }

        for (const [says, needs, go] of ways) {
          // Making one costs more than all else here; once for each protection is enough.
          if (says === '.pdf' && may(...needs) && road !== 'REST') continue;
          const { status, text } = await go(path);
          if (may(...needs)) assert.ok([200, 206, 303].includes(status), `${says}: ${status} ${text}`);
          else {
            assert.equal(status, 403, says);
            assert.doesNotMatch(text, new RegExp(NEEDLE), says);
          }
        }
        await holdsInTheApi(id, one);
        await answersAreAsStrict(id, one);
      });
    }
  }

  async function holdsInTheApi(id: string, { name, days = 30, signIn }: TriedProtection): Promise<void> {
    const { json, text } = await api.get(`/messages/${id}`);
    assert.deepEqual([json['protection'], json['demands']], [name, signIn === undefined ? [] : [signIn]]);
    const left = Date.parse(String(json['expiresAt'])) - running.clock.nowMs();
    assert.ok(left <= days * DAY_MS && left > (days - 0.1) * DAY_MS, text);
    for (const path of [`/messages/${id}`, `/messages/${id}/events`, '/messages?limit=1']) {
      const answer = await api.get(path);
      assert.equal(answer.status, 200);
      assert.doesNotMatch(answer.text, new RegExp(NEEDLE), path);
    }
    for (const more of ['/body', '/attachments/1', '/copy.eml', '/raw']) {
      assert.equal((await api.get(`/messages/${id}${more}`)).status, 404, more);
    }
  }

  async function answersAreAsStrict(id: string, one: TriedProtection): Promise<void> {
    const { thread_id: thread } = (await loadMessage(running.store.db, id)) ?? {};
    const answers = await running.store.db
      .selectFrom('messages')
      .selectAll()
      .where('kind', '=', 'reply')
      .where('thread_id', '=', thread ?? '')
      .where('protection', '=', one.name)
      .execute();
    assert.equal(answers.length > 0, one.rights.includes('reply'));
    for (const { rights, demands } of answers) {
      assert.deepEqual(new Set(rights.split(' ')), new Set(one.rights));
      assert.equal(demands, one.signIn ?? '');
    }
  }

  test('on another page of the conversation stands only what that page guards as well', async () => {
    const ofThread = sent.filter(({ road }) => road === CONVERSING);
    const page = (await bob.get(`/messages/${firstId}`)).text;
    const alice = await signInByAddress(running, ALICE);
    const entries = page.split('<li class="sheet thread-entry').slice(1);
    for (const { id, one } of ofThread) {
      const entry = entries.find((text) => text.includes(`/messages/${id}"`));
      assert.ok(entry !== undefined, one.name);
      const isBare = one.rights.includes('print') && one.rights.includes('copy') && one.signIn === undefined;
      assert.equal(entry.includes(NEEDLE), isBare, one.name);
    }
    // The sender's page, which hinders nothing, of messages that are a conversation of their own.
    for (const { id, one } of sent.filter(({ road, one: { rights } }) => road === 'REST' && rights.includes('reply'))) {
      const isBare = one.rights.includes('print') && one.rights.includes('copy');
      assert.equal((await alice.get(`/sent/${id}`)).text.includes('An answer.'), isBare, one.name);
    }
  });

  test('no mail that left carries anything of a text or a file', async () => {
    for (const address of [ALICE, BOB, CAROL, 'dave@third.example']) {
      const mails = await mailTo(running, address);
      assert.ok(mails.length > 3, address);
      for (const { raw, text } of mails) assert.doesNotMatch(raw + text, new RegExp(NEEDLE));
    }
  });

  test('what ends after a day has ended on every way out, and the others have not', async () => {
    running.clock.forward(DAY_MS + 1);
    await begin();
    const ended = sent.filter(({ one }) => one.days === 1);
    assert.equal(ended.length, roads.length);
    for (const { id } of ended) await allClosed(id, 410);
    for (const { id, one } of sent.filter(({ one: { days, signIn } }) => days === undefined && signIn === undefined)) {
      assert.equal((await bob.get(`/messages/${id}`)).status, 200, one.name);
    }
  });

  test('is whole: every right is withheld by itself, and every road asks for every protection', () => {
    for (const right of ALL_RIGHTS.filter((one) => one !== 'reply')) {
      assert.ok(
        protections.some(({ rights }) => rights.length === 5 && !rights.includes(right)),
        right,
      );
    }
    const phrase = protections.filter(({ signIn }) => signIn === 'phrase').length;
    assert.equal(sent.length, protections.length * roads.length - phrase * (roads.length - 2));
  });
});
