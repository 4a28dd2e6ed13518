// Sensitivity labels as Office writes them into mails: each shape that was seen, which label counts, and that nothing
// counts which could have been forged.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { decide } from '../../server/policy/decide.ts';
import type { Decision } from '../../server/policy/decide.ts';
import { parseHeaderLines } from '../../server/mail/header-lines.ts';
import { parseMsipLabels } from '../../server/policy/signals/msip-labels.ts';
import { LABEL, TENANT } from './documents.ts';
import { bareMail, frameWith, refusal } from './wishes.ts';

const OTHER_LABEL = '99999999-2222-4333-8444-555555555555';
const OTHER_TENANT = 'bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const SECRET = 'the-secret-of-our-connector';
const digest = createHash('sha256').update(SECRET).digest('hex');

const map = `map:
    - { label: ${LABEL}, title: Confidential, template: do-not-forward }
    - { label: ${OTHER_LABEL}, template: encrypt-only }`;

function frameOf(more = ''): ReturnType<typeof frameWith> {
  return frameWith(`labels:\n  tenant: ${TENANT}\n  ${map}\n${more}`);
}

/** Decides a mail whose header block is this, as it came over the wire. */
function decideBlock(block: string, frame = frameOf(), secretHeld?: boolean): Decision {
  const headers = parseHeaderLines(Buffer.from(block.replace(/\n/g, '\r\n')));
  return decide({ ...bareMail, headers, ...(secretHeld === undefined ? {} : { secretHeld }) }, frame);
}

function pairs(attributes: Record<string, string>, guid = LABEL): string {
  return Object.entries(attributes)
    .map(([name, value]) => `MSIP_Label_${guid}_${name}=${value}`)
    .join(';');
}

const usual = {
  Enabled: 'true',
  SetDate: '2026-01-19T10:08:26Z',
  Method: 'Standard',
  SiteId: TENANT,
  ContentBits: '1',
};

function lineOf(attributes: Record<string, string>, guid = LABEL): string {
  return `msip_labels: ${pairs(attributes, guid)}`;
}

describe('a label that counts', () => {
  const shapes: readonly [says: string, block: string][] = [
    [
      'folded lines with a trailing semicolon, a fold within a value',
      `msip_labels: MSIP_Label_${LABEL}_Enabled=true;
 MSIP_Label_${LABEL}_SetDate=2026-01-19T10:08:26Z;
 MSIP_Label_${LABEL}_Method=Standard;
 MSIP_Label_${LABEL}_Name=Confidential Client
 Only-AIP 2.0;
 MSIP_Label_${LABEL}_SiteId=${TENANT};
 MSIP_Label_${LABEL}_ContentBits=1;`,
    ],
    [
      'no trailing semicolon',
      `msip_labels: MSIP_Label_${LABEL}_Enabled=true;
 MSIP_Label_${LABEL}_SiteId=${TENANT}`,
    ],
    ['no blank after a semicolon', `msip_labels: ${pairs(usual)}`],
    ['the whole list on the continuation line', `msip_labels:\n ${pairs(usual)};`],
    ['tabs as folds', `msip_labels:\n\t${pairs(usual).replaceAll(';', ';\n\t')}`],
    [
      'commas, blanks and a fold within a value, and pairs that mean nothing here',
      `msip_labels:
 MSIP_Label_${LABEL}_ActionId=5;MSIP_Label_${LABEL}_ContentBits=0;MSIP_Label_${LABEL}_Tag=10,
 3, 0, 1;MSIP_Label_${LABEL}_Enabled=True;MSIP_Label_${LABEL}_SetDate=2026-07-22T03:06:00.0000000Z;MSIP_Label_${LABEL}_SiteId=${TENANT};`,
    ],
    ['pairs in any order', `msip_labels: ${pairs({ SiteId: TENANT, ContentBits: '0', Enabled: 'true' })}`],
    ['Enabled=True', lineOf({ ...usual, Enabled: 'True' })],
    ['other cases of letters', lineOf({ ...usual, SiteId: TENANT.toUpperCase() }, LABEL.toUpperCase()).toUpperCase()],
    ['the header in other letters', lineOf(usual).replace('msip_labels', 'MSIP_Labels')],
    ['equals signs within a value', lineOf({ ...usual, Name: 'a=b=c' })],
    ['empty parts', `msip_labels: ;;${pairs(usual)};;`],
    ['no SetDate', lineOf({ Enabled: 'true', SiteId: TENANT })],
    ['blanks around the pairs', `msip_labels:   ${pairs(usual).replaceAll(';', ' ;  ')}  `],
    ['a privileged method and an owner', lineOf({ ...usual, Method: 'Privileged', Owner: 'alice@example.com' })],
  ];
  for (const [says, block] of shapes) {
    test(`is read from ${says}`, () => {
      const decision = decideBlock(block);
      assert.equal(decision.protection.name, 'do-not-forward');
      assert.ok(decision.reasons.some(({ words }) => words === `label “Confidential” (${LABEL})`));
    });
  }

  test('stands beside labels of other tenants and labels that are off', () => {
    const block = `msip_labels: ${[
      pairs({ ...usual, SiteId: OTHER_TENANT, SetDate: '2030-01-01T00:00:00Z' }, OTHER_LABEL),
      pairs(usual),
      pairs({ ...usual, Enabled: 'false' }, '77777777-2222-4333-8444-555555555555'),
    ].join(';')}`;
    const decision = decideBlock(block);
    assert.equal(decision.protection.name, 'do-not-forward');
    assert.doesNotMatch(JSON.stringify(decision.reasons), /several/);
  });

  const dates: readonly [older: string, newer: string][] = [
    ['2026-01-19T10:08:26Z', '2026-01-19T10:08:27Z'],
    ['2026-01-19T10:08:26Z', '2026-01-19T10:08:26.0000001Z'],
    ['2026-01-19T10:08:26.1Z', '2026-01-19T10:08:26.11Z'],
    ['not a date', '2001-01-01T00:00:00Z'],
    ['2026-01-19T10:08:26+05:00', '2001-01-01T00:00:00Z'],
  ];
  for (const [older, newer] of dates) {
    test(`is the one that was set last, of two of ours: ${newer} after ${older}`, () => {
      const [first, second] = [pairs({ ...usual, SetDate: older }, OTHER_LABEL), pairs({ ...usual, SetDate: newer })];
      for (const block of [`msip_labels: ${first};${second}`, `msip_labels: ${second};${first}`]) {
        const decision = decideBlock(block);
        assert.equal(decision.protection.name, 'do-not-forward');
        const note = decision.reasons.find(({ kind }) => kind === 'note');
        assert.equal(note?.words, 'msip_labels: several labels are set; the one set last counts');
      }
    });
  }

  test('of our tenant that stands for nothing is no wish, and is told', () => {
    const decision = decideBlock(lineOf({ ...usual, Name: 'Public\u202e' }, '77777777-2222-4333-8444-555555555555'));
    assert.equal(decision.protection.name, 'encrypt-only');
    assert.deepEqual(decision.reasons[0], {
      kind: 'note',
      words: 'label “Public” (77777777-2222-4333-8444-555555555555) stands for no template',
    });
  });
});

describe('no label', () => {
  const shapes: readonly [says: string, block: string][] = [
    ['an empty header', 'msip_labels:'],
    ['a header of blanks', 'msip_labels: \n  '],
    ['none at all', 'x-other: 1'],
    ['a label that is not enabled', lineOf({ ...usual, Enabled: 'false' })],
    ['a label without Enabled', lineOf({ SiteId: TENANT })],
    ['a label without its tenant', lineOf({ Enabled: 'true' })],
    ['a label of another tenant', lineOf({ ...usual, SiteId: OTHER_TENANT })],
    ['a tenant that only begins like ours', lineOf({ ...usual, SiteId: `${TENANT}0` })],
    ['Enabled said twice, and not alike', `${lineOf(usual)};${pairs({ Enabled: 'false' })}`],
    ['another tenant said beside ours', `${lineOf(usual)};${pairs({ SiteId: OTHER_TENANT })}`],
    ['no GUID', lineOf(usual, LABEL.slice(1))],
    [
      'the older headers, one for each attribute',
      `msip_label_${LABEL}_enabled: true\nmsip_label_${LABEL}_siteid: ${TENANT}`,
    ],
    ['words', 'msip_labels: Confidential'],
  ];
  for (const [says, block] of shapes) {
    test(`is found in ${says}`, () => {
      assert.equal(decideBlock(block).protection.name, 'encrypt-only');
    });
  }

  test('counts of two headers, though both say the same', () => {
    const decision = decideBlock(`${lineOf(usual)}\n${lineOf(usual)}`);
    assert.equal(decision.protection.name, 'encrypt-only');
    assert.equal(
      decision.reasons[0]?.words,
      'msip_labels: counts for nothing, since it stands in the mail more than once',
    );
  });

  test('counts beside an empty second header either', () => {
    assert.equal(decideBlock(`${lineOf(usual)}\nmsip_labels:`).protection.name, 'encrypt-only');
    assert.equal(decideBlock(`msip_labels:\n${lineOf(usual)}`).protection.name, 'encrypt-only');
  });

  test('counts where no tenant is set', () => {
    assert.equal(decideBlock(lineOf(usual), frameWith(`labels:\n  ${map}`)).protection.name, 'encrypt-only');
  });
});

describe('the stamps of Exchange Online', () => {
  const stamped = frameOf('  requireStamp: true');
  const id = `X-MS-Exchange-CrossTenant-Id: ${TENANT.toUpperCase()}`;
  const internal = 'X-MS-Exchange-CrossTenant-AuthAs: Internal';

  test('let a label count where both are there', () => {
    assert.equal(decideBlock([lineOf(usual), id, internal].join('\n'), stamped).protection.name, 'do-not-forward');
  });

  const missing: readonly [says: string, lines: readonly string[]][] = [
    ['there are none', []],
    ['the tenant is missing', [internal]],
    ['the tenant is another', [id.replace(TENANT.toUpperCase(), OTHER_TENANT), internal]],
    ['the tenant stands twice', [id, id, internal]],
    ['it was not authenticated', [id]],
    ['it came from outside', [id, 'X-MS-Exchange-CrossTenant-AuthAs: Anonymous']],
    ['it came from inside and from outside', [id, internal, 'X-MS-Exchange-CrossTenant-AuthAs: Anonymous']],
  ];
  for (const [says, lines] of missing) {
    test(`let it count for nothing where ${says}`, () => {
      const decision = decideBlock([lineOf(usual), ...lines].join('\n'), stamped);
      assert.equal(decision.protection.name, 'encrypt-only');
      assert.match(decision.reasons[0]?.words ?? '', /no stamp of our tenant$/);
    });
  }
});

describe('the secret header', () => {
  const secret = frameOf(`  secretHeader: { name: X-Our-Connector, sha256: ${digest} }`);

  test('lets a label count where it holds the secret, blanks around it or not', () => {
    for (const value of [SECRET, `  ${SECRET} `]) {
      const decision = decideBlock(`${lineOf(usual)}\nx-our-connector: ${value}`, secret);
      assert.equal(decision.protection.name, 'do-not-forward');
      assert.doesNotMatch(JSON.stringify(decision), new RegExp(SECRET));
    }
  });

  const wrong: readonly [says: string, lines: readonly string[]][] = [
    ['it is missing', []],
    ['it is another', ['x-our-connector: something-else-entirely']],
    ['it is its own digest', [`x-our-connector: ${digest}`]],
    ['it is empty', ['x-our-connector:']],
    ['it stands twice', [`x-our-connector: ${SECRET}`, `x-our-connector: ${SECRET}`]],
    ['it stands in another header', [`x-our-connector-: ${SECRET}`]],
  ];
  for (const [says, lines] of wrong) {
    test(`lets it count for nothing where ${says}`, () => {
      const decision = decideBlock([lineOf(usual), ...lines].join('\n'), secret);
      assert.equal(decision.protection.name, 'encrypt-only');
      assert.match(decision.reasons[0]?.words ?? '', /without the secret header$/);
    });
  }

  test('is believed to have been right for a mail that was kept without it', () => {
    assert.equal(decideBlock(lineOf(usual), secret, true).protection.name, 'do-not-forward');
    assert.equal(decideBlock(lineOf(usual), secret, false).protection.name, 'encrypt-only');
  });
});

describe('a label that encrypts', () => {
  const encrypting = { ...usual, ContentBits: '9' };

  test('refuses the mail where no template stands for it', () => {
    const block = lineOf(encrypting, '77777777-2222-4333-8444-555555555555');
    assert.throws(() => decideBlock(block), refusal('mail/rights-protected', /label that encrypts/));
  });

  test('is met by its template where the mail came readable all the same', () => {
    assert.equal(decideBlock(lineOf(encrypting)).protection.name, 'do-not-forward');
  });

  test('of another tenant says nothing', () => {
    assert.equal(decideBlock(lineOf({ ...encrypting, SiteId: OTHER_TENANT })).protection.name, 'encrypt-only');
  });

  for (const bits of ['', 'eight', '-8', '8.0', '0x8']) {
    test(`is not to be told apart where its bits are "${bits}", which refuses`, () => {
      assert.throws(
        () => decideBlock(lineOf({ ...usual, ContentBits: bits })),
        refusal('policy/unknown-value', /ContentBits/),
      );
    });
  }
});

test('labels are read in linear time, whatever stands there', () => {
  const many = Array.from(
    { length: 5_000 },
    (_, n) => `MSIP_Label_${LABEL}_${'='.repeat(n % 7)}x${n}=${' '.repeat(20)}`,
  );
  assert.equal(parseMsipLabels(many.join(';')).length <= 1, true);
  assert.deepEqual(parseMsipLabels(`MSIP_Label_${'a-'.repeat(100_000)}`), []);
});
