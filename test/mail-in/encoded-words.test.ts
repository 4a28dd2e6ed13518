import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWords } from '../../server/mail/encoded-words.ts';

for (const [encoded, decoded] of [
  ['plain', 'plain'],
  ['=?UTF-8?Q?a_b=3Fc?=', 'a b?c'],
  ['=?utf-8?B?w6Q=?=', 'ä'],
  ['=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=', 'ä'],
  ['=?utf-8?B?w6Q=?=\r\n\t=?utf-8?B?w7Y=?=', 'äö'],
  ['=?utf-8?Q?a?= =?iso-8859-1?Q?=E4?=', 'aä'],
  ['=?utf-8?Q?a?= b =?utf-8?Q?c?=', 'a b c'],
  ['=?utf-8*de?Q?a?=', 'a'],
  ['=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=', 'テスト'],
  ['=?koi8-r?B?8NLJ18XU?=', 'Привет'],
  ['=?x-nothing?Q?a=C3=A4?=', 'aä'],
  ['=?utf-8?X?a?=', '=?utf-8?X?a?='],
  ['=?utf-8?Q?a', '=?utf-8?Q?a'],
  ['=?=?=?=?', '=?=?=?=?'],
  ['(=?utf-8?Q?a?=)', '(a)'],
  ['=?utf-8?B?!!!?=', ''],
] as const) {
  test(`encoded words are decoded: ${JSON.stringify(encoded)}`, () => assert.equal(decodeWords(encoded), decoded));
}

test('a decoded word is not decoded again', () => {
  assert.equal(decodeWords('=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?='), '=?utf-8?Q?a?=');
});
