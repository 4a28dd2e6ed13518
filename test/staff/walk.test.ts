// Every route, walked by every kind of visitor, to what is theirs and to what is not: only those whom the inventory lists
// get an answer, and to all others the page does not exist.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { may, roles } from '../../server/staff/roles.ts';
import type { Role } from '../../server/staff/roles.ts';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { routesOf } from '../support/routes.ts';
import { setRoster } from '../support/staff.ts';
import { plainMail, submit } from '../support/submit.ts';
import { capabilityIn, inventory } from '../web/inventory.ts';
import type { Readers } from '../web/inventory.ts';

interface Walker {
  readonly name: string;
  readonly visitor: Visitor;
  readonly isSender: boolean;
  readonly role: Role | undefined;
  /** Whose messages they may manage, by the names below. */
  readonly manages: readonly string[];
  /** Whose they may read. */
  readonly reads: readonly string[];
}

const SECRET = /The sealed subject|The very secret text/;

describe('every route', () => {
  let running: Running;
  let walkers: readonly Walker[];
  /** By who sent it. */
  const messages = new Map<string, string>();

  before(async () => {
    running = await startProgram();
    await setRoster(running, {
      staff: [
        { address: 'auditor@example.com', role: 'auditor' },
        { address: 'help@example.com', role: 'help-desk' },
        { address: 'approver@example.com', role: 'approver' },
        { address: 'second@example.com', role: 'administrator' },
      ],
      mailboxes: [{ address: 'claims@example.com', delegates: ['dora@example.com'] }],
    });
    for (const who of ['alice', 'claims', 'carl']) {
      const from = `${who}@example.com`;
      const to = who === 'carl' ? 'eve@recipient.example' : 'bob@recipient.example';
      const raw = plainMail({ from, to, subject: `The sealed subject of ${who}`, body: 'The very secret text.' });
      messages.set(who, (await submit(running.smtpPort, { from, to: [to], raw })).split(' ')[2] ?? '');
    }
    const walker = async (name: string, address: string, more: Partial<Walker> = {}): Promise<Walker> => ({
      name,
      visitor: await signInByAddress(running, address),
      isSender: true,
      role: undefined,
      manages: [],
      reads: [],
      ...more,
    });
    walkers = [
      { name: 'nobody', visitor: new Visitor(running.url), isSender: false, role: undefined, manages: [], reads: [] },
      {
        ...(await walker('recipient', 'alice@example.com')),
        visitor: await signInByLink(running, 'bob@recipient.example'),
        isSender: false,
        reads: ['alice', 'claims'],
      },
      await walker('sender', 'alice@example.com', { manages: ['alice'] }),
      await walker('delegate', 'dora@example.com', { manages: ['claims'] }),
      await walker('approver', 'approver@example.com', { role: 'approver' }),
      await walker('help desk', 'help@example.com', { role: 'help-desk' }),
      await walker('auditor', 'auditor@example.com', { role: 'auditor' }),
      await walker('administrator by the roster', 'second@example.com', { role: 'administrator' }),
      await walker('administrator by the settings', 'admin@example.com', { role: 'administrator' }),
    ];
  });
  after(() => running.stop());

  test('is in the list that says who may have it, and every role walks', () => {
    assert.deepEqual(
      routesOf(running)
        .map(({ method, path }) => `${method} ${path}`)
        .toSorted(),
      Object.keys(inventory).toSorted(),
    );
    const walking = new Set(walkers.map(({ role }) => role));
    assert.deepEqual(
      roles.filter((role) => !walking.has(role)),
      [],
    );
  });

  test('of the console answers the roles whose capability it names, and nobody else', async () => {
    for (const walker of walkers) {
      for (const [name, readers] of Object.entries(inventory)) {
        const capability = capabilityIn(readers);
        if (capability === undefined) continue;
        await check(walker, name, may(walker.role, capability));
      }
    }
  });

  test('that changes something changes nothing for an auditor', async () => {
    const auditor = walkers.find(({ role }) => role === 'auditor');
    assert.ok(auditor);
    const may = Object.entries(inventory).filter(([name, readers]) => {
      const capability = capabilityIn(readers);
      return capability !== undefined && !name.startsWith('GET ') && allowed(auditor, readers);
    });
    // To find, to export (which stands in the log) and to try a policy out is what they are there for; none of it changes anything.
    assert.deepEqual(
      may.map(([name]) => name),
      ['POST /admin/audit/find', 'POST /admin/audit/export', 'POST /admin/policy/simulate'],
    );
  });

  test('of senders and of whoever has a role is none to the others', async () => {
    for (const walker of walkers) {
      for (const [name, readers] of Object.entries(inventory)) {
        if (name.includes(':id') || (readers !== 'sender' && readers !== 'anybody with a role')) continue;
        // Some of these pages exist only while there is something to do on them.
        if (readers === 'anybody with a role' && walker.role !== undefined) continue;
        await check(walker, name, allowed(walker, readers));
      }
    }
  });

  test('of a message answers its readers or its senders, and shows no word of it to anybody else', async () => {
    for (const walker of walkers) {
      for (const [whose, id] of messages) {
        for (const [name, readers] of Object.entries(inventory)) {
          const [method = '', pattern = ''] = name.split(' ');
          // What changes a message would change what the next one finds: for those it is enough that others get nothing.
          const isTheirs = (readers === 'sender' ? walker.manages : walker.reads).includes(whose);
          if (
            !pattern.includes(':id') ||
            readers === 'API key' ||
            pattern.startsWith('/brand') ||
            pattern.startsWith('/try')
          )
            continue;
          if (isTheirs && (method !== 'GET' || pattern !== (readers === 'sender' ? '/sent/:id' : '/messages/:id')))
            continue;
          const answer = await ask(walker.visitor, method, pattern.replace(':id', id));
          const where = `${walker.name}: ${name} of ${whose}`;
          if (isTheirs) assert.equal(answer.status, 200, where);
          else {
            assert.doesNotMatch(answer.text, SECRET, where);
            if (walker.name === 'nobody') assertNobody(answer, method, where);
            else assert.equal(answer.status, 404, where);
          }
        }
      }
    }
  });

  test('by which an approver reads leads to what is held, not to what is sent', async () => {
    const approver = walkers.find(({ role }) => role === 'approver');
    assert.ok(approver);
    const list = await approver.visitor.get('/approvals');
    assert.equal(list.status, 200);
    assert.doesNotMatch(list.text, SECRET);
    assert.equal((await approver.visitor.get(`/approvals/${'0'.repeat(26)}`)).status, 404);
  });

  async function check(walker: Walker, name: string, isAllowed: boolean): Promise<void> {
    const [method = '', pattern = ''] = name.split(' ');
    const answer = await ask(walker.visitor, method, pattern);
    const where = `${walker.name}: ${name}`;
    const others = [...messages.keys()].filter((whose) => !walker.manages.includes(whose));
    for (const whose of others) assert.ok(!answer.text.includes(`The sealed subject of ${whose}`), where);
    if (walker.name === 'nobody') assertNobody(answer, method, where);
    else if (!isAllowed) assert.equal(answer.status, 404, where);
    // A form without its fields is refused after it is known who sends it.
    else if (method === 'GET')
      assert.ok(
        [200, 303, 308, 404].includes(answer.status) && (answer.status !== 404 || /:/.test(pattern)),
        `${where} ${answer.status}`,
      );
    else assert.ok([303, 422].includes(answer.status) || /:/.test(pattern), `${where} ${answer.status}`);
  }
});

function allowed({ isSender, role }: Walker, readers: Readers): boolean {
  const capability = capabilityIn(readers);
  if (capability !== undefined) return may(role, capability);
  return readers === 'sender' ? isSender : readers === 'anybody with a role' && role !== undefined;
}

function assertNobody({ status, location }: Answer, method: string, where: string): void {
  if (method === 'GET') assert.deepEqual([status, location], [303, '/sign-in'], where);
  else assert.ok([401, 403, 404].includes(status), `${where} ${status}`);
}

/** As the visitor's own page would ask, with a form that names nothing of the console's. */
async function ask(visitor: Visitor, method: string, pattern: string): Promise<Answer> {
  const path = pattern
    .replace(':brand', 'default')
    .replace(':n', '1')
    .replace(':rid', '0'.repeat(26))
    .replace(':issuer', 'google');
  if (method === 'GET') return visitor.get(path);
  const fields = { csrf: await tokenOf(visitor), to: 'new@recipient.example', text: 'Hello', expires: '3d' };
  if (!/\/reply|\/admin\/(brands\/[^/]+$|policy(?!\/order))|\/compose/.test(path))
    return visitor.send(method, path, new URLSearchParams(fields));
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return visitor.send(method, path, form);
}

const tokens = new WeakMap<Visitor, string>();

async function tokenOf(visitor: Visitor): Promise<string> {
  const token = tokens.get(visitor) ?? (await visitor.csrf('/genuine'));
  tokens.set(visitor, token);
  return token;
}
