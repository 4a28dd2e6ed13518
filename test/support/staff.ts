// Owns giving people roles and mailboxes in a test, by the road that the program has for it, and the numbers of an
// authenticator app.

import { generate } from 'otplib/functional';
import type { Clock } from '../../server/core/clock.ts';
import type { WrittenRoster } from '../../server/staff/roster.ts';
import { bindStaffing } from '../../server/staffing/staffing.ts';
import type { Visitor } from './browser.ts';
import type { Running } from './program.ts';

export async function setRoster({ config, store }: Running, value: Partial<WrittenRoster>): Promise<void> {
  const around = { orgDomains: config.org.domains, admins: config.admins };
  const staffing = bindStaffing({ db: store.db, vault: store.vault, around });
  const { version } = await staffing.load();
  await staffing.save({ value: { staff: [], mailboxes: [], ...value }, basedOn: version, actor: 'test' });
}

/** A program, in this process or in another, whose time the app has to share. */
interface Timed {
  readonly clock: Clock;
}

/** What an app shows that has the key of the page. */
export function numberOf(running: Timed, key: string): Promise<string> {
  const epoch = Math.floor(running.clock.nowMs() / 1000);
  return generate({ secret: key.replaceAll(' ', ''), epoch });
}

/** Sets an app up on the page that asks for it. @returns its key and the recovery codes. */
export async function enrolApp(running: Timed, visitor: Visitor): Promise<{ key: string; codes: string[] }> {
  const page = await visitor.get('/sign-in/second-step');
  const key = /<code dir="ltr">([A-Z2-7 ]+)<\/code>/.exec(page.text)?.[1];
  if (key === undefined) throw new Error('the page offers no key');
  const code = await numberOf(running, key);
  const answer = await visitor.post('/sign-in/second-step/app', { code }, '/sign-in/second-step');
  const codes = [...answer.text.matchAll(/<code>([0-9a-z-]{19})<\/code>/g)].map(([, one = '']) => one);
  if (answer.status !== 200 || codes.length === 0) throw new Error(`the app was refused with ${answer.status}`);
  return { key, codes };
}
