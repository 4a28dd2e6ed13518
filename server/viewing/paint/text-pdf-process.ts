// Owns the process that sets a text as a PDF: reads the text from its input, writes the PDF to descriptor 3, and ends. It may
// be killed at any moment.

import { writeSync } from 'node:fs';
import type { PdfText } from '../text-pdf.ts';
import { setText } from './text-pdf.ts';

const ANSWER = 3;
const pieces: Buffer[] = [];
for await (const piece of process.stdin) pieces.push(piece as Buffer); // no encoding was set
const { pdf, missing } = setText(JSON.parse(Buffer.concat(pieces).toString('utf8')) as PdfText); // from our own program
const bytes = Buffer.concat([Buffer.from(`${JSON.stringify({ missing })}\n`), pdf]);
for (let at = 0; at < bytes.length;) at += writeSync(ANSWER, bytes, at);
process.exit(0);
