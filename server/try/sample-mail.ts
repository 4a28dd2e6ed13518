// Owns the first message that someone who tries Sealpost sees: a letter of the kind that is worth sealing, as
// an ordinary mail program would write it. It never sends anything.

import type { Mailbox } from '../core/address.ts';
import { domainOf } from '../core/address.ts';
import { DAY_MS } from '../core/clock.ts';
import { newToken } from '../crypto/random.ts';
import { filePart, headerPhrase, headerText, multipart, textPart } from './mime-writer.ts';
import { amount, costLines, money, totals, VAT_PERCENT } from './sample-costs.ts';
import { agreementPdf } from './sample-pdf.ts';
import { letterheadPng } from './sample-png.ts';
import { costsXlsx } from './sample-xlsx.ts';

export interface SampleWanted {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly at: Date;
}

export interface SampleMail {
  readonly raw: Buffer;
  /** With its angle brackets; another one each time, so that no sample counts as a repetition. */
  readonly mailId: string;
  readonly subject: string;
}

const SUBJECT = 'Lease agreement for Harbour Street 12 – draft and costs';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** mixed( related( alternative( text, HTML ), letterhead ), PDF, spreadsheet ). */
export function sampleMail({ from, to, at }: SampleWanted): SampleMail {
  const mailId = `<${newToken()}@${domainOf(from.address)}>`;
  const logoId = `letterhead@${domainOf(from.address)}`;
  const signing = signingDay(at);
  const body = multipart('mixed', '=_sample_mixed', [
    multipart('related', '=_sample_related', [
      multipart('alternative', '=_sample_alternative', [
        textPart('text/plain', plainText(from.name, signing)),
        textPart('text/html', html(from.name, signing, logoId)),
      ]),
      filePart('image/png', 'letterhead.png', letterheadPng(), logoId),
    ]),
    filePart('application/pdf', 'Lease agreement (draft).pdf', agreementPdf(signing)),
    filePart(XLSX, 'Costs.xlsx', costsXlsx()),
  ]);
  const head = [
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `From: ${mailbox(from)}`,
    `To: ${to.map(mailbox).join(',\r\n ')}`,
    `Subject: ${headerText(SUBJECT)}`,
    `Message-ID: ${mailId}`,
    'MIME-Version: 1.0',
  ];
  return { raw: Buffer.from([...head, ...body, ''].join('\r\n'), 'latin1'), mailId, subject: SUBJECT };
}

function mailbox({ name, address }: Mailbox): string {
  return name === '' ? address : `${headerPhrase(name)} <${address}>`;
}

/** A week later, on a working day, in words. */
function signingDay(at: Date): string {
  let day = new Date(at.getTime() + 7 * DAY_MS);
  while (day.getUTCDay() % 6 === 0) day = new Date(day.getTime() + DAY_MS);
  return day.toLocaleDateString('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

function plainText(name: string, signing: string): string {
  const { net, vat, gross } = totals();
  const row = (what: string, euro: number): string => `  ${what.padEnd(34)}${money(euro).padStart(10)}`;
  return [
    'Good morning,',
    '',
    'thank you for the talk yesterday. Attached you find the draft of the lease agreement for Harbour Street 12, with the changes to clauses 2 and 3 that we agreed on, and the spreadsheet with our costs:',
    '',
    row('Work', 0).replace('0.00', ' EUR'),
    ...costLines.map((line) => row(line.what, amount(line))),
    row('Sum', net),
    row(`VAT ${VAT_PERCENT} %`, vat),
    row('Total', gross),
    '',
    `Please read clause 3 with care: the rent of 3,250.00 € a month follows the price index from the second year on. If you both agree, we can sign on ${signing} at 10:00 in our office. How to find us: https://www.example.com/directions`,
    '',
    'The draft is confidential – please answer here rather than by ordinary mail.',
    '',
    'Kind regards,',
    name,
    '',
  ].join('\n');
}

function html(name: string, signing: string, logoId: string): string {
  const { net, vat, gross } = totals();
  const cell = 'border:1px solid #c9d2dc;padding:6px 10px';
  const right = `${cell};text-align:right`;
  const rows = costLines.map(
    (line) =>
      `<tr><td style="${cell}">${line.what}</td><td style="${right}">${line.hours}</td><td style="${right}">${money(line.rate)}</td><td style="${right}">${money(amount(line))}</td></tr>`,
  );
  const sum = (what: string, euro: number): string =>
    `<tr><td style="${cell}" colspan="3">${what}</td><td style="${right}">${money(euro)}</td></tr>`;
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Lease agreement</title></head>',
    '<body style="font-family:Segoe UI,Helvetica,Arial,sans-serif;font-size:15px;color:#1c2733">',
    `<p><img src="cid:${logoId}" alt="Our letterhead" width="480" height="72" style="max-width:100%;height:auto"></p>`,
    '<p>Good morning,</p>',
    '<p>thank you for the talk yesterday. Attached you find the draft of the lease agreement for <b>Harbour Street 12</b>, with the changes to clauses 2 and 3 that we agreed on, and the spreadsheet with our costs:</p>',
    '<table style="border-collapse:collapse;margin:12px 0">',
    `<thead><tr style="background-color:#eef2f6"><th style="${cell};text-align:left">Work</th><th style="${right}">Hours</th><th style="${right}">Rate (€)</th><th style="${right}">Amount (€)</th></tr></thead>`,
    `<tbody>${rows.join('\n')}`,
    sum('Sum', net),
    sum(`VAT ${VAT_PERCENT} %`, vat),
    `<tr style="font-weight:bold"><td style="${cell}" colspan="3">Total</td><td style="${right}">${money(gross)}</td></tr>`,
    '</tbody></table>',
    `<p>Please read <b>clause 3</b> with care: the rent of 3,250.00 € a month follows the price index from the second year on. If you both agree, we can sign on <b>${signing} at 10:00</b> in our office (<a href="https://www.example.com/directions">how to find us</a>).</p>`,
    '<p>The draft is confidential – please answer here rather than by ordinary mail.</p>',
    `<p>Kind regards,<br>${escaped(name)}</p>`,
    '</body></html>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
