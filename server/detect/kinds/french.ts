// Owns the detector of France: the number of registration in the national directory (NIR), known as the social security number.

import { modulo97 } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { idsBy } from '../ids.ts';
import { list } from '../word-list.ts';

const words = list(`
nir, insee, numero insee, n° insee, securite sociale, numero de securite sociale, n° de securite sociale, no de securite sociale, num secu, n° secu, numero secu, numero de secu, secu, n° ss, no ss, numero ss, carte vitale, vitale, assure, assuree, immatriculation, numero d'immatriculation
assurance maladie, cpam, ameli, mutuelle, social security number, french social security
`);

const NIR =
  /[1-478]([ .-]?)\d{2}\1(?:0[1-9]|1[0-2]|20|3\d|4[0-2]|[5-9]\d)\1(?:\d{2}|2[AB])\1\d{3}\1\d{3}(?:[ ./-]{0,3}|[ ]?(?:cl[eé][ :]{0,3}))\d{2}|[1-478]\d{4}(?:\d{2}|2[AB])\d{6}[ ./-]{0,3}\d{2}/i;

export const frNir: Detector = {
  title: 'French social security numbers (NIR)',
  looksFor: 'thirteen places and a key of two digits, Corsica (2A, 2B) among them, in groups or without blanks',
  check: 'key modulo 97; the month and the département can be',
  evidence: 'not wanted; a word for another number before it speaks against it',
  words: [words],
  find: idsBy({ shape: NIR, first: [1, 13, 15], valueOf: nir, words, speaks: () => true, shown: 2 }),
};

// Corsica's départements count as 19 and 18 (INSEE).
const CORSICA: Readonly<Record<string, string>> = { '2A': '19', '2B': '18' };

function nir(matched: string): string | undefined {
  const value = matched.toUpperCase().replace(/CL[EÉ]|\W/g, '');
  const [month, department] = [Number(value.slice(3, 5)), value.slice(5, 7)];
  const isMonth = (month >= 1 && month <= 12) || month === 20 || (month >= 30 && month <= 42) || month >= 50;
  if (!isMonth || department === '00' || value.length !== 15) return undefined;
  const digits = value.slice(0, 5) + (CORSICA[department] ?? department) + value.slice(7, 13);
  return 97 - modulo97(digits) === Number(value.slice(13)) ? value : undefined;
}
