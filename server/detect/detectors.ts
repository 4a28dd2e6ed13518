// Owns the table of all detectors. What each looks for, and how it is told from what only looks like it, stands here in
// words; docs/detectors.md is written from it, with what was measured.

import type { Detector } from './detector.ts';
import { apiKey } from './kinds/api-key.ts';
import { usItin, usSsn } from './kinds/american.ts';
import { auMedicare, auTfn } from './kinds/australian.ts';
import { brCpf } from './kinds/brazilian.ts';
import { ukNhsNumber, ukNino } from './kinds/british.ts';
import { caSin } from './kinds/canadian.ts';
import { nlBsn } from './kinds/dutch.ts';
import { emailAddresses } from './kinds/email-addresses.ts';
import { frNir } from './kinds/french.ts';
import { deSocialSecurity, deTaxId } from './kinds/german.ts';
import { healthTerms } from './kinds/health.ts';
import { iban } from './kinds/iban.ts';
import { inAadhaar, inPan } from './kinds/indian.ts';
import { itCodiceFiscale } from './kinds/italian.ts';
import { passport } from './kinds/passport.ts';
import { paymentCard } from './kinds/payment-card.ts';
import { plPesel } from './kinds/polish.ts';
import { privateKey } from './kinds/private-key.ts';
import { esDniNie } from './kinds/spanish.ts';
import { trTckn } from './kinds/turkish.ts';
import type { DetectorName } from './look.ts';

export const detectors: Readonly<Record<DetectorName, Detector>> = {
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
