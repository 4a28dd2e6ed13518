// Owns how a report is written out as the text of its PDF. It says what the page says and nothing else.

import { heldText } from '../viewing/text-pdf.ts';
import type { PdfText } from '../viewing/text-pdf.ts';
import { stateWords } from './report.ts';
import type { Finding, Report } from './report.ts';

export function reportPdf(report: Report, organisation: string, madeFor: string): PdfText {
  const { held, isCut } = heldText(
    report.sections
      .flatMap(({ title, means, findings }) => [
        title.toUpperCase(),
        means,
        '',
        ...(findings.length === 0 ? ['None.', ''] : findings.flatMap(findingLines)),
        '',
      ])
      .join('\n'),
  );
  return {
    title: report.title,
    // As the consoles are so far.
    language: 'en',
    facts: [
      ['Organisation', organisation],
      ['Made', `${report.madeAt.slice(0, 16).replace('T', ' ')} UTC, for ${madeFor}`],
      ...report.facts,
    ],
    notes: [...report.about],
    text: held,
    ...(isCut ? { end: 'The report is longer than this file has room for; the page and the API have all of it.' } : {}),
  };
}

function findingLines({ subject, words, state, control, evidence = [] }: Finding): string[] {
  if (control === undefined) return [`•  ${apart(subject)}: ${apart(words)}`];
  return [
    `${subject}  ${words}`,
    `   ${stateWords[state]}. Control: ${control}.`,
    ...evidence.map((one) => `   – ${one}`),
    '',
  ];
}

// What administrators named may be written in another direction.
function apart(text: string): string {
  return `\u2068${text}\u2069`;
}
