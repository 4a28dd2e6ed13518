// Owns asking before something is taken away: a page that says what will happen and to how many, whose form says `sure`. Nothing
// has happened until that comes back.

import type { Request, Response } from 'express';
import { z } from 'zod';
import { sendPage } from '../http/page.ts';
import type { PageAsk } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import type { RemovalPage } from '../render/page-models/people.ts';

/** Of a form that takes something away: absent until it was asked for. */
export const sure = z.literal('1').optional();

export interface Removal extends Omit<RemovalPage, 'fields' | 'rest'> {
  /** What the form brings back beside `sure`. */
  readonly fields: Readonly<Record<string, string>>;
  /** On the button that changes nothing. */
  readonly rest?: string;
}

export async function askFirst(
  site: Site,
  req: Request,
  res: Response,
  at: PageAsk<'removal'>['at'],
  { fields, rest = 'Leave it as it is', ...asked }: Removal,
): Promise<void> {
  const hidden = Object.entries(fields).map(([name, value]) => ({ name, value }));
  await sendPage(site, req, res, {
    name: 'removal',
    title: asked.heading,
    ...(at === undefined ? {} : { at }),
    model: { ...asked, rest, fields: hidden },
  });
}
