// Owns the process of a bare Express that serves one page from memory, whatever is asked: no session, no store, no
// template, and no ETag, which on a page of this size would cost it a fifth.

import { readFileSync } from 'node:fs';
import express from 'express';
import { announce } from './announce.ts';

const page = readFileSync(process.env['PAGE_FILE'] ?? '');
const contentType = process.env['PAGE_TYPE'] ?? 'text/html';
const app = express();
app.disable('etag');
app.get('/{*path}', (_req, res) => {
  res.set('Content-Type', contentType).send(page);
});
announce(app.listen(0, '127.0.0.1'));
