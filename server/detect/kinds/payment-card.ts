// Owns the detector of payment cards.

import { isLuhn } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { numbersBy } from '../numbers.ts';
import type { Layout } from '../numbers.ts';
import { list } from '../word-list.ts';

const words = list(`
card, cards, cardnumber, creditcard, creditcardnumber, card no, card number, credit card, debit card, payment card, cardholder, pan, cc, ccn, cvv, cvv2, cvc, cvc2, visa, mastercard, master card, maestro, amex
american express, discover, diners, diners club, jcb, unionpay, rupay, expiry, exp date, exp, expires, valid thru, name on card
karte, karten, kartennummer, kreditkarte, kreditkartennummer, kreditkarten, kreditkartendaten, debitkarte, prufziffer, prüfziffer, gultig bis, gültig bis, karteninhaber
carte, carte bancaire, carte bleue, carte de credit, numero de carte, cb, cryptogramme, tarjeta, tarjeta de credito, numero de tarjeta, caducidad, carta, carta di credito, numero carta, scadenza
cartao, cartao de credito, numero do cartao, validade, kaart, creditcard, kaartnummer, karta, karty, karta kredytowa, karty kredytowej, numer karty, nr karty, kart, kart no, kart numarasi, kredi karti
карта, карты, карту, номер карты, カード, カード番号, クレジットカード, 信用卡, 卡号, 银行卡, כרטיס, כרטיס אשראי, بطاقة, بطاقة ائتمان
`);

// Issuer ranges by their first digits, and how many digits their cards have (ISO/IEC 7812; the schemes' own pages).
const ISSUERS: readonly (readonly [from: string, to: string, lengths: readonly number[]])[] = [
  ['4', '4', [13, 16, 19]],
  ['51', '55', [16]],
  ['2221', '2720', [16]],
  ['34', '34', [15]],
  ['37', '37', [15]],
  ['300', '305', [14, 16, 19]],
  ['3095', '3095', [14, 16, 19]],
  ['36', '36', [14, 16, 19]],
  ['38', '39', [14, 16, 19]],
  ['3528', '3589', [16, 17, 18, 19]],
  ['6011', '6011', [16, 17, 18, 19]],
  ['644', '649', [16, 17, 18, 19]],
  ['65', '65', [16, 17, 18, 19]],
  ['60', '60', [16]],
  ['81', '82', [16, 17, 18, 19]],
  ['508', '508', [16]],
  ['62', '62', [16, 17, 18, 19]],
  ['2200', '2204', [16, 17, 18, 19]],
  ['9792', '9792', [16]],
  ['5018', '5018', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['5020', '5020', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['5038', '5038', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['5612', '5612', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['5893', '5893', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['6304', '6304', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['6759', '6759', [12, 13, 14, 15, 16, 17, 18, 19]],
  ['6761', '6763', [12, 13, 14, 15, 16, 17, 18, 19]],
];

// How cards are printed and typed. Other lengths than the common ones need a word near by.
const layouts: readonly Layout[] = [
  { sizes: [4, 4, 4, 4], speaks: true },
  { sizes: [4, 6, 5], speaks: true },
  { sizes: [4, 6, 4], speaks: true },
  { sizes: [4, 4, 4, 4, 3] },
  { sizes: [4, 4, 5] },
  { sizes: [8, 8] },
  { sizes: [16], speaks: true },
  { sizes: [15], speaks: true },
  { sizes: [14], speaks: true },
  ...[12, 13, 17, 18, 19].map((size) => ({ sizes: [size] })),
  { sizes: [2, 2, 2, 2, 2, 2, 2, 2], speaks: 'alone' },
  { sizes: [2, 2, 2, 2, 2, 2, 2, 1] },
  { sizes: [2, 2, 2, 2, 2, 2, 2] },
];

export const paymentCard: Detector = {
  title: 'Payment card numbers',
  looksFor:
    'numbers of 12 to 19 digits in the ranges and lengths of Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay, Maestro, RuPay, Mir and Troy',
  check: 'Luhn, issuer range, length',
  evidence:
    'wanted for 12, 13 and 17 to 19 digits, and for pairs or between tabs where other numbers are near; otherwise a word for another number before it speaks against it',
  words: [words],
  find: numbersBy({ layouts, isValid, words, shown: 4 }),
};

function isValid(digits: string): boolean {
  return isIssued(digits) && isLuhn(digits) && !/^(\d)\1+$/.test(digits);
}

function isIssued(digits: string): boolean {
  return ISSUERS.some(
    ([from, to, lengths]) =>
      lengths.includes(digits.length) && digits.slice(0, from.length) >= from && digits.slice(0, to.length) <= to,
  );
}
