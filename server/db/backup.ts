// Owns copying the SQLite file while others read and write it.

import Database from 'better-sqlite3';

/**
 * Writes the database as it is at this moment into `target`, which must be a new file or an empty one. VACUUM INTO is
 * SQLite's way of an online backup that leaves behind what was deleted: it reads one snapshot, holds up no writer, and
 * copies what is in rows and nothing of free pages, where an overwritten key could lie on
 * (https://www.sqlite.org/lang_vacuum.html#vacuuminto). It holds up this process until it is done.
 */
export function copyDatabase(file: string, target: string): void {
  const database = new Database(file, { fileMustExist: true });
  try {
    database.prepare('vacuum into ?').run(target);
  } finally {
    database.close();
  }
}
