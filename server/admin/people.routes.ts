// Owns the pages on which administrators say who runs this place and who acts for shared mailboxes. Auditors read them; to
// everybody else they do not exist. What takes something away asks first, and says what will happen.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError, isRefusal } from '../core/errors.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import { statusOf } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Role } from '../staff/roles.ts';
import { may, roleWords, roles } from '../staff/roles.ts';
import { isSame } from '../staff/roster.ts';
import type { Roster, WrittenRoster } from '../staff/roster.ts';
import type { Staffing } from '../staffing/staffing.ts';
import { groupRoutes } from './groups.routes.ts';
import { askFirst, sure } from './removal.ts';
import { peoplePage, splitAddresses } from './people.model.ts';
import type { Typed } from './people.model.ts';

export interface PeopleDeps {
  readonly site: Site;
  readonly staffing: Staffing;
  readonly rulebook: Rulebook;
}

const version = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number);
const line = z.string().max(400).default('');
/** Of the forms that add somebody: what is there already is changed where it stands. */
const isNew = z.literal('1').optional();
const staffForm = z.object({ version, address: line, role: z.enum(roles), new: isNew, sure });
const removeForm = z.object({ version, address: line, sure });
const mailboxForm = z.object({ version, address: line, delegates: z.string().max(100_000).default(''), new: isNew });

export function peoplePages(deps: PeopleDeps): Router {
  const { site, staffing } = deps;
  const router = Router();
  const path = `${site.base}/admin/people`;

  router.get('/admin/people', async (req, res) => {
    checkMay(req, 'people:read');
    await sendPeople(req, res, {}, 200);
  });

  router.post('/admin/people/staff', async (req, res) => {
    const session = checkMay(req, 'people:write');
    const { version: basedOn, address, role, new: adds, sure: isSure } = readForm(req, staffForm);
    if (isSure === undefined && isText(session.address, address) && (await losesHand(session.address, role))) {
      const { name } = roleWords[role];
      await askFirst(site, req, res, 'people', {
        heading: `Become ${name.toLowerCase()} yourself?`,
        means: `This is your own role. From your next click on you change nothing here any more, and cannot take it back: only another administrator can. There ${othersWords(await others(session.address))}.`,
        label: 'Change my own role',
        rest: 'Stay administrator',
        action: `${path}/staff`,
        backUrl: path,
        backLabel: 'People',
        fields: { version: String(basedOn), address, role },
      });
      return;
    }
    await change(req, res, basedOn, { address, role }, (roster) => {
      if (adds !== undefined) checkNotThere(roster.staff, address, 'has a role already');
      const others = roster.staff.filter((one) => !isText(one.address, address));
      return { ...roster, staff: [...others, { address, role }] };
    });
  });

  router.post('/admin/people/staff/remove', async (req, res) => {
    const session = checkMay(req, 'people:write');
    const form = readForm(req, removeForm);
    const { roster } = await staffing.load();
    const entry = roster.staff.find((one) => isText(one.address, form.address));
    if (entry === undefined) throw noSuchPage();
    if (form.sure === undefined) {
      const { name } = roleWords[entry.role];
      const isOwn = isSame(session.address, entry.address);
      await askFirst(site, req, res, 'people', {
        heading: isOwn ? 'Take your own role away?' : `Take the role from ${entry.address}?`,
        means: isOwn
          ? `This is your own role. From your next click on the consoles are closed to you, and you cannot take it back: only another administrator can. There ${othersWords(await others(session.address))}.`
          : `They stop being ${name.toLowerCase()} with their next click, wherever they are signed in. Their messages, passkeys and authenticator app stay.`,
        label: 'Take the role away',
        action: `${path}/staff/remove`,
        backUrl: path,
        backLabel: 'People',
        fields: { version: String(form.version), address: entry.address },
      });
      return;
    }
    await change(req, res, form.version, {}, (now) => ({
      ...now,
      staff: now.staff.filter((one) => !isText(one.address, form.address)),
    }));
  });

  router.post('/admin/people/mailboxes', async (req, res) => {
    checkMay(req, 'people:write');
    const { version: basedOn, address, delegates, new: adds } = readForm(req, mailboxForm);
    await change(req, res, basedOn, { mailbox: address, delegates }, (roster) => {
      if (adds !== undefined) checkNotThere(roster.mailboxes, address, 'is shared already');
      const others = roster.mailboxes.filter((one) => !isText(one.address, address));
      return { ...roster, mailboxes: [...others, { address, delegates: splitAddresses(delegates) }] };
    });
  });

  router.post('/admin/people/mailboxes/remove', async (req, res) => {
    checkMay(req, 'people:write');
    const form = readForm(req, removeForm);
    const { roster } = await staffing.load();
    const mailbox = roster.mailboxes.find((one) => isText(one.address, form.address));
    if (mailbox === undefined) throw noSuchPage();
    if (form.sure === undefined) {
      const count = mailbox.delegates.length;
      await askFirst(site, req, res, 'people', {
        heading: `Share ${mailbox.address} no longer?`,
        means: `${count === 1 ? 'Its one delegate stops' : `All ${count} delegates stop`} seeing what it sent and acting for it. Its messages stay as they are, and are its own.`,
        label: 'Share it no longer',
        action: `${path}/mailboxes/remove`,
        backUrl: path,
        backLabel: 'People',
        fields: { version: String(form.version), address: mailbox.address },
      });
      return;
    }
    await change(req, res, form.version, {}, (now) => ({
      ...now,
      mailboxes: now.mailboxes.filter((one) => !isText(one.address, form.address)),
    }));
  });

  router.use(groupRoutes({ ...deps, path, sendPeople }));
  return router;

  /** What cannot be is said beside what was typed; what others changed meanwhile is shown first. */
  async function change(
    req: Request,
    res: Response,
    basedOn: number,
    typed: Typed,
    edit: (roster: Roster) => WrittenRoster,
  ): Promise<void> {
    const by = { actor: checkMay(req, 'people:write').address, network: visitOf(req).network };
    try {
      const { roster } = await staffing.load();
      const { changes } = await staffing.save({ value: edit(roster), basedOn, ...by });
      leadDone(site, req, res, path, changes.length === 0 ? 'same' : 'saved');
    } catch (error) {
      if (!isRefusal(error, 'request/outdated', 'request/malformed')) throw error;
      const overtaken = error.code === 'request/outdated';
      await sendPeople(req, res, { ...typed, overtaken, problem: error.message }, statusOf[error.code]);
    }
  }

  async function sendPeople(req: Request, res: Response, typed: Typed, status: number): Promise<void> {
    const [now, policy] = [await staffing.load(), await deps.rulebook.newest()];
    const model = peoplePage(site, path, now, policy, { ...typed, mayChange: mayHere(req, 'people:write') });
    const done = doneWords(doneHere(site, req));
    await sendPage(site, req, res, { name: 'people', title: 'People', at: 'people', status, model, done });
  }

  /** Whether somebody would change nothing here any more. Those whom the settings name keep what they have. */
  async function losesHand(own: Address, role: Role): Promise<boolean> {
    const { roster } = await staffing.load();
    return roster.staff.some((one) => isSame(one.address, own)) && !may(role, 'people:write');
  }

  /** How many administrators there are beside this one. */
  async function others(own: Address): Promise<number> {
    const { roster } = await staffing.load();
    const given = roster.staff.filter(({ role }) => role === 'administrator').map(({ address }) => address);
    return [...site.admins, ...given].filter((address) => !isSame(address, own)).length;
  }
}

export type SendPeople = (req: Request, res: Response, typed: Typed, status: number) => Promise<void>;

function checkNotThere(list: readonly { readonly address: Address }[], text: string, how: string): void {
  const there = list.find((one) => isText(one.address, text));
  if (there !== undefined) throw new AppError('request/malformed', `${there.address} ${how}. Change it in the list.`);
}

function othersWords(count: number): string {
  if (count === 0) return 'is no other administrator';
  return count === 1 ? 'is one other administrator' : `are ${count} other administrators`;
}

function isText(address: Address, text: string): boolean {
  const other = parseAddress(text.trim());
  return other !== undefined && isSame(address, other);
}

function doneWords(done: unknown): string | undefined {
  if (done === 'saved') return 'Saved. It holds from their next click on.';
  return done === 'same' ? 'It was so already, so nothing was changed.' : undefined;
}
