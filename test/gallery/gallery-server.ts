// Owns the little server behind the gallery: fixtures as pages under the portal's own content policy.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { isLanguage, localeOf } from '../../server/language/languages.ts';
import { wordsIn } from '../../server/language/words.ts';
import { loadTemplates } from '../../server/render/templates.ts';
import { pageFixtures } from './fixtures.ts';
import { attachmentPicture } from './attachment-picture.ts';
import { bodyFixtures, mailFixtures } from './mail-fixtures.ts';

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; frame-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'";
const FRAME_POLICY = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'";
const THEMES = ['light', 'dark'] as const;
const TYPES: Record<string, string> = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const BRANDS: Record<string, string> = {
  green: ':root{--brand:#0b5d4e;--on-brand:#fff}',
  pale: ':root{--brand:#ffd84d;--on-brand:#000}',
  black: ':root{--brand:#000;--on-brand:#fff}',
  white: ':root{--brand:#fff;--on-brand:#000}',
};
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="36" viewBox="0 0 120 36"><rect width="36" height="36" rx="6" fill="#0b5d4e"/><path d="M10 26V10h15M10 18h11M10 26h15" fill="none" stroke="#fff" stroke-width="4"/><path d="M48 18h66" stroke="#0b5d4e" stroke-width="8"/></svg>';

/** Serves on a free port of loopback; `close` ends it. */
export async function serveGallery(root: string): Promise<{ url: string; close: () => Promise<void> }> {
  const templates = loadTemplates(join(root, 'views'));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://gallery');
    const path = decodeURIComponent(url.pathname).slice(1);
    const theme = THEMES.find((known) => known === url.searchParams.get('theme')) ?? 'auto';
    const asked = url.searchParams.get('language');
    const words = wordsIn(isLanguage(asked) ? asked : 'en');
    const [folder, rest = ''] = path.split('/');
    const type = TYPES[extname(rest)];
    if (folder === 'static' && type !== undefined)
      return send(response, type, readFileSync(join(root, 'static', rest)), '');
    if (rest === 'logo.svg') return send(response, 'image/svg+xml', LOGO, '');
    if (folder === 'brand') return send(response, 'text/css', BRANDS[rest.replace('.css', '')] ?? '', '');

    if (path.includes('/pages/')) {
      response.setHeader('content-type', 'image/png');
      return void attachmentPicture(path).then((picture) => response.end(picture));
    }

    const name = folder === 'frame' ? rest : path;
    const page = pageFixtures.find((fixture) => fixture.name === name);
    if (page)
      return send(
        response,
        'text/html',
        page.render(
          // A preview stands in a frame without scripts.
          (name, { locale, ...shell }, model) => {
            const isScripted = folder !== 'frame' && locale !== undefined;
            const withLocale = isScripted ? { locale: localeOf(words.language) } : {};
            return templates.page(name, { ...shell, words, ...withLocale }, model);
          },
          theme,
        ),
        PAGE_POLICY,
      );
    const mail = mailFixtures.find((fixture) => fixture.name === name);
    if (mail)
      return send(
        response,
        'text/html',
        mail.render((name, model) => templates.mail(name, words, model)).html.replace('cid:logo', '/brand/logo.svg'),
        FRAME_POLICY.replace('sandbox allow-popups; ', ''),
      );
    const body = bodyFixtures.find((fixture) => fixture.name === name);
    if (body)
      return send(
        response,
        'text/html',
        templates.mailBody(body),
        folder === 'frame' ? FRAME_POLICY : FRAME_POLICY.replace('sandbox allow-popups; ', ''),
      );
    return send(response, 'text/plain', '', '');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The gallery has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, type: string, body: string | Buffer, policy: string): void {
  response.setHeader('content-type', `${type}; charset=utf-8`);
  if (policy !== '') response.setHeader('content-security-policy', policy);
  response.end(body);
}
