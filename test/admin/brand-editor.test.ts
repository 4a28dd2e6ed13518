// One brand: shaped by administrators, seen in their own previews first, and then by everybody.

import assert from 'node:assert/strict';
import { deflateSync, crc32 } from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { getBrand } from '../../server/brands/brand.store.ts';
import { Visitor } from '../support/browser.ts';
import { mailTo, signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

const page = '/admin/brands/default';
const fields = {
  name: 'Harbour & Sons',
  colour: '#0b5d4e',
  'texts.any.introduction': 'We write by sealed letter.',
  footer: '',
};

async function picture(format: 'png' | 'jpeg' | 'webp' | 'gif'): Promise<Buffer> {
  const image = sharp({ create: { width: 900, height: 400, channels: 3, background: '#0b5d4e' } });
  return image
    .withExif({ IFD0: { Copyright: 'TRACE-OF-THE-CAMERA' } })
    .toFormat(format)
    .toBuffer();
}

describe('the brand', () => {
  let running: Running;
  let admin: Visitor;

  before(async () => {
    running = await startProgram();
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  async function send(more: Record<string, string>, picture?: Buffer, field = 'logo') {
    const { version } = await getBrand(running.store.db, 'default', '');
    const files = picture === undefined ? [] : [{ field, name: 'picture.png', content: picture }];
    return admin.postMultipart(page, { version: String(version), ...fields, ...more }, files, page);
  }

  async function publishedLogo(): Promise<Buffer> {
    const path = /src="([^"]+logo\.png)"/.exec((await admin.get('/')).text)?.[1];
    assert.ok(path, 'the page shows no logo');
    return (await admin.bytes(path)).content;
  }

  test('a draft is seen in the previews and nowhere else', async () => {
    assert.equal((await send({ do: 'preview', name: 'Draft & Co' })).status, 303);
    for (const preview of ['notice', 'notice-text', 'portal']) {
      assert.match((await admin.get(`${page}/preview/${preview}`)).text, /Draft &(amp;)? Co/, preview);
    }
    assert.doesNotMatch((await new Visitor(running.url).get('/')).text, /Draft/);
    assert.equal((await send({ do: 'discard' })).status, 303);
    assert.doesNotMatch((await admin.get(`${page}/preview/portal`)).text, /Draft/);
  });

  test('what is published stands on pages and in the next notice', async () => {
    assert.equal((await send({ do: 'save' }, await picture('png'))).status, 303);
    const home = await new Visitor(running.url).get('/');
    assert.match(home.text, /Harbour &amp; Sons/);
    const style = /href="([^"]+style\.css)"/.exec(home.text)?.[1] ?? '';
    assert.match((await admin.get(style)).text, /--brand:#0b5d4e;--on-brand:#ffffff/);

    await submit(running.smtpPort, { from: 'alice@example.com', to: ['bob@recipient.example'], raw: plainMail({}) });
    const [notice] = await mailTo(running, 'bob@recipient.example');
    assert.match(notice?.raw ?? '', /Harbour & Sons/);
    assert.match(notice?.text ?? '', /We write by sealed letter\./);
    assert.match(notice?.raw ?? '', /Content-Id: <logo>/i);
  });

  for (const format of ['png', 'jpeg', 'webp'] as const) {
    test(`a ${format} logo is painted anew, small, and without what the file carried`, async () => {
      const upload = await picture(format);
      assert.ok(upload.includes('TRACE-OF-THE-CAMERA'));
      assert.equal((await send({ do: 'save' }, upload)).status, 303);
      const served = await publishedLogo();
      const { format: now, width, height } = await sharp(served).metadata();
      assert.equal(now, 'png');
      assert.ok(width <= 480 && height <= 160, `${width} × ${height}`);
      assert.ok(!served.includes('TRACE-OF-THE-CAMERA'));
    });
  }

  const noLogos: readonly (readonly [what: string, content: () => Promise<Buffer>])[] = [
    ['a GIF', () => picture('gif')],
    [
      'an SVG',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>'),
    ],
    ['HTML', async () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a PNG that says it is 50,000 pixels wide', async () => flatPng(50_000, Buffer.alloc(100))],
    ['a PNG of 8,000 × 8,000 pixels in eight kilobytes', async () => flatPng(8_000, Buffer.alloc(8_000 * 1_001))],
    ['a PNG cut in the middle', async () => (await picture('png')).subarray(0, 200)],
  ];
  for (const [what, content] of noLogos) {
    test(`${what} is refused beside its field, and the logo stays`, async () => {
      const before = await publishedLogo();
      const answer = await send({ do: 'save' }, await content());
      assert.equal(answer.status, 422);
      assert.match(answer.text, /id="logo-error"/);
      assert.deepEqual(await publishedLogo(), before);
    });
  }

  test('a logo of more than two megabytes is refused with the limit, and what was typed is kept', async () => {
    for (const bytes of [2 * 1024 * 1024 + 1, 5 * 1024 * 1024]) {
      const answer = await send({ do: 'save', footer: 'Typed last of all' }, Buffer.alloc(bytes));
      assert.equal(answer.status, 413);
      assert.match(answer.text, /id="logo-error">[^<]*at most 2 MB/);
      assert.match(answer.text, />Typed last of all<\/textarea>/);
    }
    assert.equal((await send({ do: 'save' }, Buffer.alloc(21 * 1024 * 1024))).status, 413);
  });

  test('a logo beside a fault elsewhere is not shown as if it were kept', async () => {
    const other = await startProgram();
    try {
      const admins = await signInByAddress(other, 'admin@example.com');
      const faulty = await admins.postMultipart(
        page,
        { ...fields, version: '0', name: '', do: 'preview' },
        [{ field: 'logo', name: 'x.png', content: await picture('png') }],
        page,
      );
      assert.equal(faulty.status, 422);
      assert.doesNotMatch(faulty.text, /<img src="[^"]*logo\.png/);
    } finally {
      await other.stop();
    }
  });

  test('characters that no header may hold are left out, so that notices still go', async () => {
    assert.equal(
      (await send({ do: 'save', name: 'Harbour\u0007\u2028 & \u0085Sons', footer: 'One\r\nTwo\u0000' })).status,
      303,
    );
    const before = (await mailTo(running, 'bob@recipient.example')).length;
    await submit(running.smtpPort, { from: 'alice@example.com', to: ['bob@recipient.example'], raw: plainMail({}) });
    const mails = await mailTo(running, 'bob@recipient.example');
    assert.equal(mails.length, before + 1);
    assert.match(mails[0]?.raw ?? '', /via Harbour & Sons/);
    assert.match(mails[0]?.text ?? '', /One\r\nTwo\r\n/);
  });

  test('a field that cannot be is named, and nothing is saved', async () => {
    for (const wrong of [
      { name: ' ' },
      { colour: 'red' },
      { colour: '#12345' },
      { name: 'x'.repeat(81) },
      { footer: 'x'.repeat(1001) },
      { privacyUrl: 'http://example.com/privacy' },
      { imprintUrl: 'javascript:alert(1)' },
      { domains: 'somebody-else.example' },
      { domains: 'no domain!' },
      { 'texts.de.subject': 'Post von {absender}' },
      { 'texts.any.portalText': 'Ask {sender}' },
      { 'texts.any.introduction': 'An open { brace' },
    ]) {
      const answer = await send({ do: 'save', ...wrong });
      assert.equal(answer.status, 422, JSON.stringify(wrong));
      const [field = ''] = Object.keys(wrong);
      assert.match(answer.text, new RegExp(`href="#${field.replaceAll('.', '\\.')}"`), field);
    }
    assert.match((await admin.get('/')).text, /Harbour &amp; Sons/);
  });

  test('an act that does not exist is refused', async () => {
    assert.equal((await send({ do: 'obliterate' })).status, 422);
  });

  test('the text on the colour is the one that can be read', async () => {
    await send({ do: 'save', colour: '#ffe36e' });
    const style = /href="([^"]+style\.css)"/.exec((await admin.get('/')).text)?.[1] ?? '';
    assert.match((await admin.get(style)).text, /--on-brand:#000000/);
  });

  test('markup in a text stays text, on the page and in the notice', async () => {
    await send({ do: 'save', name: '<img src=x onerror=alert(1)>', footer: '</style><script>alert(1)</script>' });
    for (const path of ['/', page, `${page}/preview/notice`, `${page}/preview/portal`]) {
      assert.doesNotMatch((await admin.get(path)).text, /<img src=x|<script>alert/, path);
    }
  });

  test('a variable that stands for nothing is refused with its place', async () => {
    const answer = await send({ do: 'save', 'texts.de.introduction': 'Guten Tag,\nhier schreibt {absender}.' });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /holds \{absender\} at line 2, character 15, which stands for nothing here/);
    assert.match(answer.text, />Guten Tag,\s+hier schreibt \{absender\}\.<\/textarea>/);
  });

  test('text that cannot be read on the colour is refused with its contrast', async () => {
    const colours = { colour: '#0b5d4e', textColour: '#0d6b5a', ownTextColour: '1' };
    const answer = await send({ do: 'save', ...colours });
    assert.equal(answer.status, 422);
    assert.match(answer.text, /its contrast is 1\.\d to 1, and has to be 4\.5 or more/);
    assert.match(answer.text, /too little to be read/);
    assert.equal((await send({ do: 'save', ...colours, textColour: '#ffe36e' })).status, 303);
    const style = /href="([^"]+style\.css)"/.exec((await admin.get('/')).text)?.[1] ?? '';
    assert.match((await admin.get(style)).text, /--on-brand:#ffe36e/);
  });

  test('a small icon is painted anew and stands in the tab', async () => {
    assert.equal((await send({ do: 'save' }, await picture('jpeg'), 'favicon')).status, 303);
    const path = /rel="icon" type="image\/png" href="([^"]+)"/.exec(
      (await new Visitor(running.url).get('/')).text,
    )?.[1];
    const { format, width } = await sharp((await admin.bytes(path ?? '')).content).metadata();
    assert.deepEqual([format, width], ['png', 64]);
    assert.equal((await send({ do: 'save', 'remove-favicon': '1' })).status, 303);
    assert.doesNotMatch((await admin.get('/')).text, /favicon\.png/);
    assert.equal((await send({ do: 'save' }, Buffer.from('<svg/>'), 'favicon')).status, 422);
  });

  test('links to the organisation’s own pages stand at the foot of each page', async () => {
    const links = { privacyUrl: 'https://example.com/privacy', imprintUrl: 'https://example.com/imprint' };
    assert.equal((await send({ do: 'save', ...links })).status, 303);
    const { text } = await new Visitor(running.url).get('/sign-in');
    assert.match(text, /href="https:\/\/example\.com\/privacy"[^>]*>Privacy<[\s\S]*imprint"[^>]*>Imprint</);
  });

  test('who saves on top of an older version is told, and what they typed stays', async () => {
    const { version } = await getBrand(running.store.db, 'default', '');
    assert.equal((await send({ do: 'save', footer: 'First' })).status, 303);
    const late = await send({ do: 'save', footer: 'Second', version: String(version) });
    assert.equal(late.status, 412);
    assert.match(late.text, /Not saved: <bdi>admin@example\.com<\/bdi> saved version/);
    assert.match(late.text, />Second<\/textarea>/);
    assert.equal((await getBrand(running.store.db, 'default', '')).footer, 'First');
    const again = /name="version" value="(\d+)"/.exec(late.text)?.[1] ?? '';
    assert.equal((await send({ do: 'save', footer: 'Second', version: again })).status, 303);
    assert.equal((await getBrand(running.store.db, 'default', '')).footer, 'Second');
  });

  test('each save is a version that says who, why and what, and any of them can be brought back', async () => {
    const before = await getBrand(running.store.db, 'default', '');
    assert.equal((await send({ do: 'save', footer: 'For a day', note: 'A feast' })).status, 303);
    const shown = await admin.get(`${page}/versions/${before.version + 1}`);
    assert.match(shown.text, /Saved by <bdi>admin@example\.com<\/bdi>[\s\S]*A feast[\s\S]*<bdi>footer<\/bdi>/);
    const restore = `${page}/versions/${before.version}/restore`;
    const old = await admin.post(restore, { version: String(before.version) }, page);
    assert.equal(old.status, 412, 'made from a version that is not the newest');
    assert.equal((await admin.post(restore, { version: String(before.version + 1) }, page)).status, 303);
    const after = await getBrand(running.store.db, 'default', '');
    assert.deepEqual([after.footer, after.version], [before.footer, before.version + 2]);
    assert.equal((await admin.get(`${page}/versions/99`)).status, 404);
  });

  test('a save that changes nothing makes no version', async () => {
    assert.equal((await send({ do: 'save' })).status, 303);
    const { version } = await getBrand(running.store.db, 'default', '');
    assert.match((await send({ do: 'save' })).location ?? '', /done=same/);
    assert.equal((await getBrand(running.store.db, 'default', '')).version, version);
  });

  test('the page of the one brand there was leads to the new one', async () => {
    const answer = await admin.get('/admin/branding');
    assert.deepEqual([answer.status, answer.location], [308, page]);
  });

  test('for a sender, a recipient and a stranger the page does not exist', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    const missing = await alice.get('/admin/nothing');
    for (const path of [page, `${page}/preview/notice`, `${page}/preview/notice-text`, `${page}/preview/portal`]) {
      assert.equal((await alice.get(path)).status, 404, path);
      assert.equal((await new Visitor(running.url).get(path)).location, '/sign-in', path);
    }
    assert.equal(missing.status, 404);
    const forged = await alice.send(
      'POST',
      page,
      new URLSearchParams({ csrf: await alice.csrf('/sent'), do: 'save', ...fields }),
    );
    assert.equal(forged.status, 404);
  });
});

/** A PNG that says it is this many pixels wide and high, in black and white, with these rows of pixels. */
function flatPng(pixels: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels, 0);
  header.writeUInt32BE(pixels, 4);
  header.writeUInt8(1, 8); // bits a pixel
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
