// Owns saying in words what a courier's failure means. Pure: stage and codes in, a sentence out.

const byStage: Record<string, string> = {
  CONNECT: 'could not be reached',
  TLS: 'did not offer a connection that is secure enough',
  GREETING: 'did not take the call',
  EHLO: 'did not take the call',
  AUTH: 'did not accept our sign-in',
  MAIL: 'did not take mail from us',
  RCPT: 'did not take mail for this address',
  DATA: 'did not take the mail',
  END: 'did not take the mail',
};

/** "The mail server of example.net did not take mail for this address (550 5.1.1)." */
export function failureWords(failure: string, domain: string): string {
  const [stage = '', ...codes] = failure.split(' ');
  if (stage === 'WRITE') return 'The notice could not be written here. Tell your administrator.';
  const happened = byStage[stage] ?? 'could not be reached';
  const said = codes.length === 0 ? '' : ` (${codes.join(' ')})`;
  return `The mail server for ${domain} ${happened}${said}.`;
}
