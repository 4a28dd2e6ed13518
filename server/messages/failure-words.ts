// Owns saying in words what a courier's failure means. Pure: stage and codes in, a sentence out. The courier
// talks to the relay alone, so whatever happened, happened there.

const beforeMail: Record<string, string> = {
  CONNECT: 'could not be reached',
  TLS: 'did not offer a connection that is secure enough',
  GREETING: 'did not take the call',
  EHLO: 'did not take the call',
  AUTH: 'did not accept our sign-in',
};

/** "Our mail server did not take mail for example.net (550 5.1.1)." `failure` is stage and codes, as stored. */
export function failureWords(failure: string, domain: string): string {
  const [stage = '', ...codes] = failure.split(' ');
  if (stage === 'WRITE') return 'The notice could not be written here. Tell your administrator.';
  const happened = beforeMail[stage] ?? `did not take mail for ${domain}`;
  const said = codes.length === 0 ? '' : ` (${codes.join(' ')})`;
  return `Our mail server ${happened}${said}.`;
}
