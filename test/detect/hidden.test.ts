import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DetectorName } from '../../server/detect/look.ts';
import { seenBy } from './measured.ts';

// What stands in a text, by name, so that it can be seen here.
const ZERO_WIDTH = '\u200b';
const SOFT_HYPHEN = '\u00ad';
const WORD_JOINER = '\u2060';
const BYTE_ORDER_MARK = '\ufeff';
const CYRILLIC = { A: '\u0410', B: '\u0412', C: '\u0421', E: '\u0415', K: '\u041a' };
const GREEK_Z = '\u0396';

describe('a number is read through', () => {
  const cases: readonly (readonly [what: string, name: DetectorName, text: string])[] = [
    ['blanks without width', 'iban', `IBAN GB82${ZERO_WIDTH}WEST${ZERO_WIDTH}12345698765432`],
    ['joiners and soft hyphens', 'payment-card', `card 4${WORD_JOINER}111 1111${ZERO_WIDTH} 1111${SOFT_HYPHEN} 1111`],
    ['a byte order mark', 'de-tax-id', `Steuer-ID 86${BYTE_ORDER_MARK}095742719`],
    ['Cyrillic letters in an id', 'uk-nino', `NI number ${CYRILLIC.A}${CYRILLIC.B}123456${CYRILLIC.C}`],
    ['a Cyrillic letter in a country', 'iban', `D${CYRILLIC.E}89 3704 0044 0532 0130 00`],
    ['letters of two scripts', 'in-pan', `PAN ${CYRILLIC.A}BCP${CYRILLIC.K}1234${CYRILLIC.C}`],
    ['a Greek letter', 'es-dni-nie', `DNI 12345678${GREEK_Z}`],
    ['Arabic digits', 'payment-card', 'card ٤١١١ ١١١١ ١١١١ ١١١١'],
    ['wide digits', 'nl-bsn', 'BSN １１１２２２３３３'],
    ['an O for a nought', 'payment-card', 'card 4O12 8888 8888 1881'],
  ];
  for (const [what, name, text] of cases) {
    it(what, () => {
      assert.equal(seenBy(name, text)[0]?.count, 1);
    });
  }

  it('and is no other number for that', () => {
    assert.deepEqual(seenBy('payment-card', `card 4${WORD_JOINER}111 1111 1111 1112`), []);
    assert.deepEqual(seenBy('uk-nino', `NI number ${CYRILLIC.B}G123456${CYRILLIC.C}`), []);
    assert.deepEqual(seenBy('es-dni-nie', `DNI 12345679${GREEK_Z}`), []);
  });

  it('and counted once, however it is written', () => {
    const text = `card 4111 1111 1111 1111, card 4111${ZERO_WIDTH}111111111111, card 4111-1111-1111-1111`;
    assert.equal(seenBy('payment-card', text)[0]?.count, 1);
  });
});
