// Owns changing the senders' groups from the page of people. They are part of the policy, so each change is a version of it.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError, isRefusal } from '../core/errors.ts';
import { leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { statusOf } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { checkMay, visitOf } from '../http/visit.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { faultWords, groupsIn, splitAddresses } from './people.model.ts';
import type { GroupView, Typed } from './people.model.ts';
import type { SendPeople } from './people.routes.ts';
import { askFirst, sure } from './removal.ts';

export interface GroupDeps {
  readonly site: Site;
  readonly rulebook: Rulebook;
  readonly path: string;
  readonly sendPeople: SendPeople;
}

const version = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number);
const name = z.string().max(100).default('');
const groupForm = z.object({
  version,
  name,
  members: z.string().max(200_000).default(''),
  new: z.literal('1').optional(),
});
const removeForm = z.object({ version, name, sure });

export function groupRoutes({ site, rulebook, path, sendPeople }: GroupDeps): Router {
  const router = Router();

  router.post('/admin/people/groups', async (req, res) => {
    checkMay(req, 'people:write');
    const form = readForm(req, groupForm);
    const typed = { group: form.name, members: form.members };
    const name = form.name.trim();
    await change(req, res, form.version, typed, `Group ${name}`, (groups) => {
      const others = groups.filter((one) => one.name !== name);
      if (form.new !== undefined && others.length < groups.length) {
        throw new AppError('request/malformed', `There is a group ${name} already. Change it in the list.`);
      }
      return [...others, { name, members: splitAddresses(form.members) }];
    });
  });

  router.post('/admin/people/groups/remove', async (req, res) => {
    checkMay(req, 'people:write');
    const form = readForm(req, removeForm);
    const group = groupsIn(await rulebook.newest()).find((one) => one.name === form.name);
    if (group === undefined) throw noSuchPage();
    if (form.sure === undefined) {
      await askFirst(site, req, res, 'people', {
        heading: `Remove the group ${group.name}?`,
        means: `Its ${group.members.length === 1 ? 'one member is' : `${group.members.length} members are`} of no such group any more. While a rule names it, it cannot be removed. The policy keeps a version with it.`,
        label: 'Remove the group',
        action: `${path}/groups/remove`,
        backUrl: path,
        backLabel: 'People',
        fields: { version: String(form.version), name: group.name },
      });
      return;
    }
    await change(req, res, form.version, {}, `Without the group ${group.name}`, (groups) =>
      groups.filter((one) => one.name !== form.name),
    );
  });

  return router;

  async function change(
    req: Request,
    res: Response,
    basedOn: number,
    typed: Typed,
    note: string,
    edit: (groups: readonly GroupView[]) => GroupView[],
  ): Promise<void> {
    const by = { actor: checkMay(req, 'people:write').address, network: visitOf(req).network };
    try {
      const newest = await rulebook.newest();
      const value = { ...fieldsOf(newest.value), groups: edit(groupsIn(newest)) };
      const { changed } = await rulebook.save({ value, basedOn, note, ...by });
      leadDone(site, req, res, path, changed.length === 0 ? 'same' : 'saved');
    } catch (error) {
      if (error instanceof PolicyFaults) return sendPeople(req, res, { ...typed, problem: faultWords(error) }, 422);
      if (!isRefusal(error, 'request/outdated', 'request/malformed')) throw error;
      const overtaken = error.code === 'request/outdated';
      await sendPeople(req, res, { ...typed, overtaken, problem: error.message }, statusOf[error.code]);
    }
  }
}
