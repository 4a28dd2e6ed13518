// Owns the labelled cases of all detectors, one file each, and how they are read.

import type { DetectorName } from '../../server/detect/look.ts';
import { cases as apiKey } from './cases/api-key.ts';
import { cases as auMedicare } from './cases/au-medicare.ts';
import { cases as auTfn } from './cases/au-tfn.ts';
import { cases as brCpf } from './cases/br-cpf.ts';
import { cases as caSin } from './cases/ca-sin.ts';
import { cases as deSocialSecurity } from './cases/de-social-security.ts';
import { cases as deTaxId } from './cases/de-tax-id.ts';
import { cases as emailAddresses } from './cases/email-addresses.ts';
import { cases as esDniNie } from './cases/es-dni-nie.ts';
import { everyday } from './cases/everyday.ts';
import { cases as frNir } from './cases/fr-nir.ts';
import { cases as healthTerms } from './cases/health-terms.ts';
import { cases as iban } from './cases/iban.ts';
import { cases as inAadhaar } from './cases/in-aadhaar.ts';
import { cases as inPan } from './cases/in-pan.ts';
import { cases as itCodiceFiscale } from './cases/it-codice-fiscale.ts';
import { cases as nlBsn } from './cases/nl-bsn.ts';
import { cases as passport } from './cases/passport.ts';
import { cases as paymentCard } from './cases/payment-card.ts';
import { cases as plPesel } from './cases/pl-pesel.ts';
import { cases as privateKey } from './cases/private-key.ts';
import { cases as trTckn } from './cases/tr-tckn.ts';
import { cases as ukNhsNumber } from './cases/uk-nhs-number.ts';
import { cases as ukNino } from './cases/uk-nino.ts';
import { cases as usItin } from './cases/us-itin.ts';
import { cases as usSsn } from './cases/us-ssn.ts';

export interface Cases {
  /** Texts in which it must be found. */
  readonly yes: readonly string[];
  /** Texts in which it must not. */
  readonly no: readonly string[];
}

const own: Readonly<Record<DetectorName, Cases>> = {
  'payment-card': paymentCard,
  iban,
  'us-ssn': usSsn,
  'us-itin': usItin,
  'uk-nino': ukNino,
  'uk-nhs-number': ukNhsNumber,
  'de-tax-id': deTaxId,
  'de-social-security': deSocialSecurity,
  'fr-nir': frNir,
  'es-dni-nie': esDniNie,
  'it-codice-fiscale': itCodiceFiscale,
  'nl-bsn': nlBsn,
  'pl-pesel': plPesel,
  'tr-tckn': trTckn,
  'br-cpf': brCpf,
  'ca-sin': caSin,
  'au-tfn': auTfn,
  'au-medicare': auMedicare,
  'in-aadhaar': inAadhaar,
  'in-pan': inPan,
  passport,
  'health-terms': healthTerms,
  'api-key': apiKey,
  'private-key': privateKey,
  'email-addresses': emailAddresses,
};

// Keys are written with a gap, so that no scanner of secrets takes the made-up ones of a test for real.
const GAP = /‹›/g;

/** The cases of a detector; the texts of every day are among the noes of each. */
export function casesOf(name: DetectorName): Cases {
  const { yes, no } = own[name];
  const read = (text: string): string => text.replace(GAP, '');
  return { yes: yes.map(read), no: [...no, ...everyday].map(read) };
}
