// Owns the process of a bare Express whose handler does nothing but seal what was posted with AES-256-GCM and put it
// into SQLite with one durable insert: no key to check, no schema, no recipients, no queue, no audit.

import { createCipheriv, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import express from 'express';
import { announce } from './announce.ts';

const NONCE_BYTES = 12;

const db = new Database(join(process.cwd(), `bare-${process.pid}.db`));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('create table messages (id text primary key, sealed blob not null)');
const insert = db.prepare('insert into messages (id, sealed) values (?, ?)');
const key = randomBytes(32);

const app = express();
app.disable('etag');
app.post('/{*path}', express.raw({ type: () => true, limit: '1mb' }), (req, res) => {
  const body: unknown = req.body;
  if (!Buffer.isBuffer(body)) throw new TypeError('a request has a body');
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(body), cipher.final(), cipher.getAuthTag()]);
  const id = randomUUID();
  insert.run(id, sealed);
  res.status(201).json({ id });
});
announce(app.listen(0, '127.0.0.1'));
