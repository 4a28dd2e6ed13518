// Owns a fault in one field of the form for a message, which is said beside that field.

import { AppError } from '../core/errors.ts';
import type { RefusalCode } from '../core/errors.ts';
import type { Sentence } from '../language/words.ts';
import type { ComposeField } from '../render/page-models/writing.ts';

export class FieldFault extends AppError {
  readonly field: ComposeField;

  constructor(field: ComposeField, code: RefusalCode, told: Sentence) {
    super(code, told);
    this.name = 'FieldFault';
    this.field = field;
  }
}
