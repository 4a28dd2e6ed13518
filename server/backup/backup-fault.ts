// Owns the one way in which a backup cannot be made or brought back; the message is a sentence for the operator.

export class BackupFault extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'BackupFault';
  }
}
