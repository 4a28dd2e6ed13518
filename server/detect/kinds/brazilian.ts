// Owns the detector of Brazil: the number of natural persons (CPF).

import { digitAt, weighted } from '../checksums.ts';
import type { Detector } from '../detector.ts';
import { numbersBy } from '../numbers.ts';
import { list } from '../word-list.ts';

const words = list(`
cpf, c.p.f., cpf/mf, cpf no, cpf n°, cadastro de pessoas fisicas, cadastro de pessoa fisica, pessoa fisica, receita federal, contribuinte, titular, portador, inscrito no cpf, documento, beneficiario, segurado, paciente
brazilian tax id, brazilian taxpayer, taxpayer id
`);

export const brCpf: Detector = {
  title: 'Brazilian taxpayer numbers (CPF)',
  looksFor: 'eleven digits, as 000.000.000-00, in other groups or bare',
  check: 'both check digits',
  evidence: 'wanted unless written as 000.000.000-00',
  words: [words],
  find: numbersBy({
    layouts: [
      { sizes: [3, 3, 3, 2], between: '..-', speaks: true },
      { sizes: [3, 3, 3, 2] },
      { sizes: [3, 3, 3, 2], between: '  -' },
      { sizes: [9, 2], between: '-' },
      { sizes: [11] },
    ],
    isValid: isCpf,
    words,
    shown: 2,
  }),
};

const FIRST = [10, 9, 8, 7, 6, 5, 4, 3, 2];
const SECOND = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2];

// Receita Federal: a remainder of ten counts as nought.
function isCpf(digits: string): boolean {
  if (/^(\d)\1+$/.test(digits)) return false;
  const check = (weights: readonly number[]): number => ((weighted(digits, weights) * 10) % 11) % 10;
  return check(FIRST) === digitAt(digits, 9) && check(SECOND) === digitAt(digits, 10);
}
