// Owns sending a page: the shell around it, and that no cache keeps it.

import type { Request, Response } from 'express';
import type { Brand, BrandLook } from '../brands/brand.store.ts';
import { languages, localeOf, ownNames } from '../language/languages.ts';
import type { Words } from '../language/words.ts';
import type { PageModels } from '../render/page-models.ts';
import type { Shell, UndoView } from '../render/page-models/shell.ts';
import { formPageOf } from './form-page.ts';
import { sendWhole } from './send-whole.ts';
import type { Site } from './site.ts';
import { TRY_OUT_NOTE, consoleEntries, isInConsole } from './console.ts';
import { isSender, visitOf } from './visit.ts';
import { pageBrand } from './worn-brand.ts';

export interface PageAsk<Name extends keyof PageModels> {
  readonly name: Name;
  readonly title: string;
  readonly model: PageModels[Name];
  readonly status?: number;
  /** Which entry of the navigation is current. */
  readonly at?: NonNullable<Shell['visitor']>['at'];
  readonly done?: string | undefined;
  /** What takes that back. */
  readonly undo?: UndoView | undefined;
  /** For previews of another brand than the published one, as somebody who follows a link sees it. */
  readonly previewOf?: { readonly brand: Brand; readonly words: Words; readonly assets: string };
}

export async function sendPage<Name extends keyof PageModels>(
  site: Site,
  req: Request,
  res: Response,
  ask: PageAsk<Name>,
): Promise<void> {
  const brand = ask.previewOf?.brand ?? (await pageBrand(site, req));
  const shell = makeShell(site, req, ask, brand);
  sendWhole(res, ask.status ?? 200, 'text/html', site.templates.page(ask.name, shell, ask.model));
}

function makeShell(
  site: Site,
  req: Request,
  ask: Pick<PageAsk<keyof PageModels>, 'title' | 'at' | 'done' | 'undo' | 'previewOf'>,
  brand: BrandLook,
): Shell {
  const visit = visitOf(req);
  const address = ask.previewOf === undefined ? visit.session?.address : undefined;
  const assets = ask.previewOf?.assets ?? `${site.base}/brand/${brand.id}/${brand.version}`;
  const words = ask.previewOf?.words ?? visit.words;
  return {
    words,
    // A preview stands in a frame without scripts.
    ...(ask.previewOf === undefined ? { locale: localeOf(words.language) } : {}),
    languages: languages.map((tag) => ({ tag, name: ownNames[tag], chosen: tag === words.language })),
    title: shortened(ask.title),
    base: site.base,
    staticVersion: site.staticVersion,
    brand: {
      name: brand.name,
      footer: brand.footer,
      styleUrl: `${assets}/style.css`,
      ...(brand.hasLogo ? { logoUrl: `${assets}/logo.png` } : {}),
      ...(brand.hasFavicon ? { faviconUrl: `${assets}/favicon.png` } : {}),
      ...(brand.privacyUrl === '' ? {} : { privacyUrl: brand.privacyUrl }),
      ...(brand.imprintUrl === '' ? {} : { imprintUrl: brand.imprintUrl }),
    },
    theme: visit.theme,
    csrf: visit.csrf,
    here: hereOf(site, req),
    tryOut: site.tryOut && ask.previewOf === undefined,
    ...(ask.done === undefined ? {} : { done: ask.done }),
    ...(ask.undo === undefined ? {} : { undo: ask.undo }),
    ...(address === undefined
      ? {}
      : {
          visitor: {
            address,
            isSender: isSender(site, address),
            console: consoleEntries(site, req, ask.at),
            inConsole: isInConsole(ask.at),
            ...(site.tryOut && isInConsole(ask.at) ? { consoleNote: TRY_OUT_NOTE } : {}),
            ...(ask.at === undefined ? {} : { at: ask.at }),
          },
        }),
  };
}

const TITLE_CHARACTERS_MAX = 100;

// A subject may be a page long; a tab, a bookmark and a screen reader's first words have room for a line.
function shortened(title: string): string {
  if (title.length <= TITLE_CHARACTERS_MAX) return title;
  const characters = [...title];
  if (characters.length <= TITLE_CHARACTERS_MAX) return title;
  return `${characters
    .slice(0, TITLE_CHARACTERS_MAX - 1)
    .join('')
    .trimEnd()}…`;
}

const HERE_CHARACTERS_MAX = 2_000;

/** The path of the page that is shown, for whoever comes back to it. */
// A request line may name a whole URL (RFC 9112 section 3.2.2), with any host in it: not ours to repeat. Nor is
// what is longer than any address of ours. What answers a form has the address of the form.
export function hereOf(site: Site, req: Request): string {
  const isOurs = req.originalUrl.startsWith(`${site.base}/`) && !/^\/[/\\]/.test(req.originalUrl);
  if (!isOurs || req.originalUrl.length > HERE_CHARACTERS_MAX) return `${site.base}/`;
  if (req.method === 'GET') return req.originalUrl;
  const path = req.originalUrl.slice(site.base.length).replace(/\?.*$/s, '');
  return `${site.base}${formPageOf(path) ?? path}`;
}
