// Link scanners and prefetchers follow every link they see, and some press every button. Nothing of it may
// read a message, mark it read, or tell anything of it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import { linkTo, mailTo, signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { allRows, gained } from '../support/tables.ts';

const BOB = 'bob@recipient.example';

describe('a scanner that follows what it finds', () => {
  let running: Running;
  let link: string;
  let id: string;

  before(async () => {
    running = await startProgram();
    const reply = await submit(running.smtpPort, {
      from: 'alice@example.com',
      to: [BOB],
      raw: plainMail({ subject: 'The sealed subject', body: 'The very secret text.' }),
    });
    id = reply.split(' ')[2] ?? '';
    link = await linkTo(running, BOB);
  });
  after(() => running.stop());

  test('leaves a note of the first fetch of a link, once, and nothing that is a reading', async () => {
    const noted = async (): Promise<unknown> => {
      const query = running.store.db.selectFrom('recipients').select(['fetched_at', 'opened_at', 'read_at']);
      const rows = await query.execute();
      return rows.map(({ fetched_at: at, opened_at: opened, read_at: read }) => [at !== null, opened, read]);
    };
    const entries = async (): Promise<number> => (await allRows(running)).audit.length;
    await new Visitor(running.url).send('HEAD', link);
    await new Visitor(running.url).get(`${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`);
    assert.deepEqual(await noted(), [[false, null, null]]);
    const before = await entries();
    for (let n = 0; n < 3; n += 1) assert.equal((await new Visitor(running.url).get(link)).status, 200);
    assert.deepEqual(await noted(), [[true, null, null]]);
    assert.equal(await entries(), before + 1);
  });

  test('changes nothing more by asking for any page, with whatever harmless method', async () => {
    const before = await allRows(running);
    const mails = (await mailTo(running, BOB)).length;
    const paths = [link, `${link}/verify`, `${link}/passcode`, '/', '/sign-in', '/sign-in/verify', '/sign-in/passcode'];
    const inside = ['', '/body', '/attachments/1', '/links/0', '/reply', '/forward'].map(
      (more) => `/messages/${id}${more}`,
    );
    const theirs = ['', '/revoke', '/restore', '/expiry', '/destroy'].map((more) => `/sent/${id}${more}`);
    for (const path of [...paths, ...inside, ...theirs, '/messages', '/sent', '/sign-out', '/theme', '/admin/brands']) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const answer = await new Visitor(running.url).send(method, path);
        assert.ok(answer.status < 500, `${method} ${path}`);
        assert.doesNotMatch(answer.text, /sealed subject|secret text|bob@/);
      }
    }
    assert.deepEqual(await allRows(running), before);
    assert.equal((await mailTo(running, BOB)).length, mails);
  });

  test('changes nothing either with the prefetch headers of browsers', async () => {
    const before = await allRows(running);
    for (const headers of [{ purpose: 'prefetch' }, { 'sec-purpose': 'prefetch;prerender' }, { 'x-moz': 'prefetch' }]) {
      assert.equal((await new Visitor(running.url).get(link, { headers })).status, 200);
    }
    assert.deepEqual(await allRows(running), before);
  });

  test('that presses every button sends codes to the mailbox, and has read nothing', async () => {
    const before = await allRows(running);
    const scanner = new Visitor(running.url);
    const seen = new Set<string>();
    const toFollow = [link];
    for (let path = toFollow.pop(); path !== undefined && seen.size < 100; path = toFollow.pop()) {
      if (seen.has(path) || path.startsWith('/try')) continue;
      seen.add(path);
      const page = await scanner.get(path);
      assert.doesNotMatch(page.text, /sealed subject|secret text|bob@/);
      toFollow.push(...(page.location === null ? [] : [page.location]), ...hrefs(page.text));
      for (const form of forms(page.text)) {
        const answer = await scanner.send('POST', form.action, new URLSearchParams(form.fields));
        assert.ok(answer.status < 500, form.action);
        assert.doesNotMatch(answer.text, /sealed subject|secret text|bob@/);
        toFollow.push(...(answer.location === null ? [] : [answer.location]));
      }
    }
    assert.ok(seen.has(`${link}/verify`), 'it came as far as the field for the code');
    const after = await allRows(running);
    assert.deepEqual(after.recipients, before.recipients);
    assert.deepEqual(after.messages, before.messages);
    assert.equal(gained(before, after)['sessions'], undefined);
    const [recipient] = after.recipients as readonly { opened_at: string | null; read_at: string | null }[];
    assert.deepEqual([recipient?.opened_at, recipient?.read_at], [null, null]);
  });

  test('the reader’s own visit afterwards is the first reading', async () => {
    const bob = await signInByLink(running, BOB);
    assert.match((await bob.get('/messages')).text, /New/);
    await bob.get(`/messages/${id}`);
    const row = await running.store.db.selectFrom('recipients').select('opened_at').executeTakeFirst();
    assert.ok(row?.opened_at);
  });
});

function hrefs(page: string): string[] {
  return [...page.matchAll(/<a [^>]*href="(\/[^"]*)"/g)].map(([, href = '']) => href);
}

// Every form with its hidden fields, and something typed into the others.
function forms(page: string): { action: string; fields: Record<string, string> }[] {
  return [...page.matchAll(/<form method="post" action="([^"]+)"[^>]*>(.*?)<\/form>/gs)].map(
    ([, action = '', inner = '']) => {
      const fields: Record<string, string> = {};
      for (const [input] of inner.matchAll(/<(?:input|button)[^>]*>/g)) {
        const name = /name="([^"]+)"/.exec(input)?.[1];
        if (name !== undefined) fields[name] ??= /value="([^"]*)"/.exec(input)?.[1] ?? '12345678';
      }
      return { action, fields };
    },
  );
}
